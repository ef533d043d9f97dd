import Domain
import Foundation

extension UTCInstant {
    /// `2026-11-21T06:05:00Z`, with or without parts of a second, as times are printed; `nil` where it is none.
    init?(argument text: String) {
        let formatter = ISO8601DateFormatter()
        let whole = formatter.date(from: text)
        formatter.formatOptions.insert(.withFractionalSeconds)
        guard let date = whole ?? formatter.date(from: text) else { return nil }
        self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }
}

extension String {
    /// As a shell reads it back.
    var shellQuoted: String {
        let isPlain = !isEmpty && utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || "-_./:=@%+,".utf8.contains($0) }
        return isPlain ? self : "'" + replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
