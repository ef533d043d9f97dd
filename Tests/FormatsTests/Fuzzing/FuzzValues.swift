import Domain

@testable import Formats

/// What holds for every number and date.
enum FuzzValues {
    /// An amount that is accepted has one plain form, and every notation of it gives the same amount.
    static func decimal(_ choice: UInt8, _ bytes: [UInt8]) throws {
        var format = DecimalFormat()
        if choice & 1 != 0 { format.groupMark = UInt8(ascii: ",") }
        if choice & 2 != 0 { (format.decimalPoint, format.groupMark) = (UInt8(ascii: ","), UInt8(ascii: ".")) }
        format.allowsTrailingMinus = choice & 4 != 0
        format.allowsParentheses = choice & 8 != 0
        format.allowsCurrency = choice & 16 != 0
        guard let number = value(bytes, format) else { return }
        try FuzzEntry.require(ExactDecimal(plain: number.description) == number, "\(number) is not its own plain form")
        try FuzzEntry.require(value(Array(number.description.utf8), DecimalFormat()) == number, "\(number) reads as another amount")
        if let first = bytes.first, first &- 0x30 <= 9, choice & 24 == 0, bytes.last != UInt8(ascii: "-") {
            try FuzzEntry.require(value([UInt8(ascii: "+")] + bytes, format) == number, "a sign of plus changes \(number)")
            let negative = value([UInt8(ascii: "-")] + bytes, format)
            try FuzzEntry.require(number == .zero || negative?.isNegative == true, "a sign of minus does not change \(number)")
        }
        // A reader that knows no groups or signs may refuse, but never read another amount.
        if !bytes.contains(UInt8(ascii: ",")), choice & 2 == 0, let plain = value(bytes, DecimalFormat()) {
            try FuzzEntry.require(plain == number, "\(plain) without groups, \(number) with them")
        }
    }

    private static func value(_ bytes: [UInt8], _ format: DecimalFormat) -> ExactDecimal? {
        bytes.withUnsafeBufferPointer { try? format.parse($0).get() }
    }

    private static let patterns = [
        "%d/%m/%Y", "%d/%m/%y %H:%M", "%Y-%m-%dT%H:%M:%S%z", "%Y%m%d", "%d-%b-%Y", "%m/%d/%Y %H:%M:%S.%f", "%d%m%y", "default",
    ].compactMap { DatePattern($0) }
    private static let zones = ["UTC", "Europe/London", "Australia/Lord_Howe"].compactMap { try? ZoneRules($0) }

    /// A moment lies where its day says, in whatever zone; the second time that clocks show it is an hour or so later.
    static func date(_ choice: UInt8, _ bytes: [UInt8]) throws {
        let pattern = patterns[Int(choice) % patterns.count]
        let zone = zones[Int(choice) / 8 % zones.count]
        let start = InstantFormat(pattern: pattern, zone: zone, overlap: .earlier)
        let later = InstantFormat(pattern: pattern, zone: zone, overlap: .later)
        guard case .instant(let first) = bytes.withUnsafeBufferPointer({ start.parse($0) }) else { return }
        let reading = bytes.withUnsafeBufferPointer { pattern.read($0) }
        guard let wall = reading?.wallTime else { throw FuzzEntry.Fault(description: "a moment without a wall time") }
        let distance = abs(first.milliseconds - wall.milliseconds)
        try FuzzEntry.require(distance <= 15 * 3_600_000, "the moment lies \(distance) ms from its wall time")
        if case .instant(let last) = bytes.withUnsafeBufferPointer({ later.parse($0) }) {
            try FuzzEntry.require((0...7_200_000).contains(last.milliseconds - first.milliseconds), "\(first) and \(last) are no overlap")
        }
    }
}
