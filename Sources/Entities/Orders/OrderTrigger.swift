package import Domain

/// When an order is due: one documented moment per payment method (C209), the same whenever it is first seen.
///
/// A trigger is a state, or a state with a status of it (`processing/fraud_cleared`). An order that has gone past its state is due
/// too: what was paid before anyone looked still has to reach the ERP. Finished orders are due only if they were placed after the
/// flow's start, or the first sweep would send years of history.
package struct OrderTrigger: Hashable, Sendable {
    /// What the shop calls an order's course; the rest (`holded`, `canceled`, …) lies beside it.
    package enum Course: String, Sendable, CaseIterable, Comparable {
        case new, processing, complete

        private var rank: Int {
            switch self {
            case .new: 0
            case .processing: 1
            case .complete: 2
            }
        }

        package static func < (left: Course, right: Course) -> Bool { left.rank < right.rank }
    }

    package struct Moment: Hashable, Sendable {
        package var course: Course
        package var status: String?

        /// `new`, `processing`, `processing/fraud_cleared`; `nil` for anything else.
        package init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count <= 2, let course = Course(rawValue: parts[0]) else { return nil }
            self.course = course
            status = parts.count == 2 ? parts[1] : nil
            if status?.isEmpty == true { return nil }
        }
    }

    /// By payment method; `*` for every other.
    package var moments: [String: Moment]
    package var start: UTCInstant

    package init(moments: [String: Moment], start: UTCInstant) {
        self.moments = moments
        self.start = start
    }

    package func readiness(state: String, status: String, payment: String, created: UTCInstant) -> DocumentReadiness {
        switch state {
        case "canceled": return .withdrawn("cancelled in the shop")
        case "closed": return .passed("refunded in full in the shop")
        case "holded": return .waiting("on hold in the shop")
        default: break
        }
        guard let moment = moments[payment] ?? moments["*"] else {
            return .waiting("no trigger for the payment method \(Escaped(payment)); add it to select.states")
        }
        guard let course = Course(rawValue: state) else { return .waiting("waits for payment (state \(Escaped(state)))") }
        if course == .complete, created < start { return .passed("finished before this flow began") }
        if course > moment.course { return .ready }
        guard course == moment.course else { return .waiting("waits for state \(moment.course.rawValue) (is \(state))") }
        guard let wanted = moment.status, wanted != status else { return .ready }
        return .waiting("waits for status \(Escaped(wanted)) (is \(Escaped(status)))")
    }
}
