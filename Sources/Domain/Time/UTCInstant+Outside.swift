extension UTCInstant {
    /// A file's time as a server or a file system says it, which may be anything: kept to the years 0 to 9999, so that no
    /// arithmetic with it can overflow.
    package init(fileSeconds seconds: Int64, nanoseconds: Int64 = 0) {
        let kept = min(max(seconds, Self.firstFileSecond), Self.lastFileSecond)
        self.init(milliseconds: kept * 1000 + min(max(nanoseconds, 0), 999_999_999) / 1_000_000)
    }

    /// Beyond this ahead of now a time that a file or a server gives is a mistake, whoever made it.
    package static let believableLead = Duration.seconds(86_400)

    private static let firstFileSecond: Int64 = -62_167_219_200
    private static let lastFileSecond: Int64 = 253_402_300_799
}

extension Duration {
    /// In the largest unit that says enough: `3 days`, `5 hours`, `40 minutes`.
    package var largestUnit: String {
        let seconds = max(0, wholeSeconds)
        for (length, unit) in [(86_400, "days"), (3600, "hours"), (60, "minutes")] as [(Int64, String)] where seconds >= 2 * length {
            return "\(seconds / length) \(unit)"
        }
        return seconds == 86_400 ? "1 day" : "\(seconds) seconds"
    }
}
