/// How often something is due.
package enum Cadence: Hashable, Sendable {
    case cron(CronExpression)
    /// At every multiple of the length since 1970 in UTC, so that it is the same on every machine and changes of the clocks
    /// do not concern it.
    case every(Duration)

    /// `*/15 * * * *` or `every 15m`.
    package init(_ text: String) throws(CronExpression.Fault) {
        guard let rest = text.wholeMatchAfter(prefix: "every ") else {
            self = .cron(try CronExpression(text))
            return
        }
        guard let length = Duration(setting: rest), length >= .seconds(60) else {
            throw CronExpression.Fault(text: "is not a length of a minute or more; write it like every 15m")
        }
        self = .every(length)
    }

    package var text: String {
        switch self {
        case .cron(let expression): expression.text
        case .every(let length): "every \(length.setting)"
        }
    }

    func next(after instant: UTCInstant, in zone: ZoneTable) -> UTCInstant? {
        switch self {
        case .cron(let expression): return expression.next(after: instant, in: zone)
        case .every(let length):
            let step = length.wholeMilliseconds
            return UTCInstant(milliseconds: (instant.milliseconds.flooringQuotient(step) + 1) * step)
        }
    }
}

extension Cadence {
    /// Ascending.
    func slots(after start: UTCInstant, through end: UTCInstant, in zone: ZoneTable) -> [UTCInstant] {
        switch self {
        case .cron(let expression):
            let first = zone.day(of: start).daysSinceEpoch - 1
            let last = zone.day(of: end).daysSinceEpoch + 1
            return (first...max(first, last)).flatMap { expression.moments(of: CivilDate(daysSinceEpoch: $0), in: zone) }
                .filter { $0 > start && $0 <= end }.sorted()
        case .every(let length):
            let step = length.wholeMilliseconds
            let first = start.milliseconds.flooringQuotient(step) + 1
            let last = end.milliseconds.flooringQuotient(step)
            return first > last ? [] : (first...last).map { UTCInstant(milliseconds: $0 * step) }
        }
    }
}

extension String {
    fileprivate func wholeMatchAfter(prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)).trimmingSpaces : nil
    }

    private var trimmingSpaces: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

extension Duration {
    /// As the settings write it: `90m`, `2h`, `1d`.
    package var setting: String {
        let seconds = wholeSeconds
        for (unit, length) in [("d", Int64(86_400)), ("h", 3600), ("m", 60)] where seconds >= length && seconds % length == 0 {
            return "\(seconds / length)\(unit)"
        }
        return "\(seconds)s"
    }
}
