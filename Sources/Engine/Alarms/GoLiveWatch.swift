package import Domain
package import StateStore

/// The first days after the start, watched closely: limits of alarms are half of what they are, and the figures are told every
/// few hours. It is in the ledger, so that every process knows of it.
package struct GoLiveWatch: Hashable, Sendable {
    private static let memory = "watch"

    package var start: UTCInstant
    package var end: UTCInstant
    package var every: Duration

    package init(start: UTCInstant, end: UTCInstant, every: Duration) {
        self.start = start
        self.end = end
        self.every = every
    }

    /// The one that was ordered last; `nil` where none was, or it was stopped.
    package static func known(_ reader: LedgerReader) throws -> GoLiveWatch? {
        let parts = try reader.memory(flow: "", name: memory)?.split(separator: " ").compactMap { Int64($0) } ?? []
        guard parts.count == 3, parts[2] > 0 else { return nil }
        return GoLiveWatch(start: UTCInstant(milliseconds: parts[0]), end: UTCInstant(milliseconds: parts[1]), every: .milliseconds(parts[2]))
    }

    package func remember(_ writer: LedgerWriter) throws {
        try writer.remember(
            flow: "", name: Self.memory, value: "\(start.milliseconds) \(end.milliseconds) \(every.wholeMilliseconds)")
    }

    package static func forget(_ writer: LedgerWriter) throws { try writer.remember(flow: "", name: memory, value: "") }

    package func isOn(at now: UTCInstant) -> Bool { start <= now && now < end }

    /// The latest stretch that is over at `now`, counted from 1; `nil` before the first is. The last one ends with the watch.
    package func stretch(at now: UTCInstant) -> (number: Int64, from: UTCInstant, to: UTCInstant)? {
        let length = max(1, every.wholeMilliseconds)
        let passed = min(now, end).since(start).wholeMilliseconds
        guard passed > 0 else { return nil }
        let whole = passed / length
        let isAtEnd = now >= end
        let number = isAtEnd && passed % length > 0 ? whole + 1 : whole
        guard number > 0 else { return nil }
        let from = start.adding(.milliseconds((number - 1) * length))
        return (number, from, min(end, from.adding(.milliseconds(length))))
    }
}

extension WatchPlan {
    /// What is watched while a watch is on: every limit that is a time or a share is half of what it is.
    package var tightened: WatchPlan {
        var plan = self
        let half = ExactDecimal(50)
        plan.limits.errorRate = limits.errorRate.percentage(half) ?? limits.errorRate
        plan.limits.backlog = limits.backlog.percentage(half) ?? limits.backlog
        plan.limits.serverErrors = limits.serverErrors / 2
        plan.limits.held = limits.held / 2
        plan.limits.stuck = limits.stuck / 2
        plan.limits.undone = limits.undone / 2
        plan.limits.errors = limits.errors.map { $0 / 2 }
        plan.flows = flows.map { flow in
            var flow = flow
            flow.age = flow.age.map { $0 / 2 }
            return flow
        }
        return plan
    }
}
