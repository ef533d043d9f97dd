/// Times in which flows are held back: the ERP is closed for the night, the shop is being upgraded.
package struct Maintenance: Hashable, Sendable {
    package enum Span: Hashable, Sendable {
        case weekly(OpeningHours)
        case once(Range<UTCInstant>)
    }

    package struct Window: Hashable, Sendable {
        package var span: Span
        /// `nil`: every flow.
        package var flows: Set<String>?

        package init(_ span: Span, flows: Set<String>? = nil) {
            self.span = span
            self.flows = flows
        }
    }

    package var windows: [Window]

    package init(_ windows: [Window] = []) { self.windows = windows }

    /// When the closure ends that holds `flow` at `instant`; `nil` where none does.
    package func end(for flow: String, at instant: UTCInstant) -> UTCInstant? {
        var end: UTCInstant?
        var place = instant
        // Windows that touch are one closure.
        while let next = windows.compactMap({ $0.holds(flow) ? $0.span.end(at: place) : nil }).max(), next > place {
            end = next
            place = next
        }
        return end
    }

    /// The end of the last closure of `flow` that was over by `instant`, within the last week.
    package func lastEnd(for flow: String, before instant: UTCInstant) -> UTCInstant? {
        let week = instant.adding(.seconds(-7 * 86_400))
        return windows.filter { $0.holds(flow) }.flatMap { window -> [UTCInstant] in
            switch window.span {
            case .once(let range): return [range.upperBound]
            case .weekly(let hours):
                let today = hours.zone.day(of: instant)
                return (0...8).flatMap { hours.periods(of: today.adding(days: -$0)).map(\.upperBound) }
            }
        }.filter { $0 <= instant && $0 > week }.max()
    }
}

extension Maintenance.Window {
    /// A job beside a flow, such as `stock/reconcile`, is held back with it.
    fileprivate func holds(_ flow: String) -> Bool { flows.map { $0.contains(flow) || $0.contains(String(flow.prefix { $0 != "/" })) } ?? true }
}

extension Maintenance.Span {
    fileprivate func end(at instant: UTCInstant) -> UTCInstant? {
        switch self {
        case .once(let range): return range.contains(instant) ? range.upperBound : nil
        case .weekly(let hours): return hours.isOpen(at: instant) ? hours.nextChange(after: instant) : nil
        }
    }
}
