package import Domain

/// The header `Retry-After`: seconds, or an HTTP date.
package enum RetryAfter {
    /// `nil` where there is no header or it makes no sense (negative, a date long gone).
    package static func duration(_ header: String?, now: UTCInstant) -> Duration? {
        guard let header else { return nil }
        let text = header.filter { $0 != " " || header.contains(",") }
        if let seconds = Int64(text) { return seconds >= 0 ? .seconds(min(seconds, 1_000_000_000)) : nil }
        guard let moment = HTTPDate.parse(header) else { return nil }
        let pause = moment.since(now)
        return pause >= .zero ? pause : nil
    }
}
