extension UTCInstant {
    /// A file's time as a server or a file system says it, which may be anything: kept to the years 0 to 9999, so that no
    /// arithmetic with it can overflow.
    package init(fileSeconds seconds: Int64, nanoseconds: Int64 = 0) {
        let kept = min(max(seconds, Self.firstFileSecond), Self.lastFileSecond)
        self.init(milliseconds: kept * 1000 + min(max(nanoseconds, 0), 999_999_999) / 1_000_000)
    }

    private static let firstFileSecond: Int64 = -62_167_219_200
    private static let lastFileSecond: Int64 = 253_402_300_799
}
