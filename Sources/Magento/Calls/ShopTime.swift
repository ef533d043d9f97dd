package import Domain

/// Times of sales documents as the shop writes them: `2026-11-21 01:29:19`, always UTC, without a zone.
package enum ShopTime {
    package static func instant(_ text: String) -> UTCInstant? {
        let bytes = Array(text.utf8)
        guard bytes.count == 19, bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T") else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var number = 0
            for byte in bytes[range] {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                number = number * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return number
        }
        guard bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), hour < 24, minute < 60, second < 60,
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        return UTCInstant(seconds: Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60 + second))
    }

    /// For filters: an offset would be ignored, so there is none.
    package static func text(_ instant: UTCInstant) -> String {
        let seconds = UTCInstant(seconds: instant.milliseconds.flooringQuotient(1000)).description
        return seconds.replacing("T", with: " ").replacing("Z", with: "")
    }
}
