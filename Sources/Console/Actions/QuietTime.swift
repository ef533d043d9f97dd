import Domain
import Engine
import StateStore

/// For how long an alarm is snoozed or a flow held back: a choice that always ends, shorter for operators than for approvers.
enum QuietTime {
    private static let choices: [(hours: Int64, caption: String)] = [
        (1, "1 hour"), (2, "2 hours"), (4, "4 hours"), (12, "12 hours"), (24, "24 hours"), (72, "3 days"), (168, "7 days"),
    ]

    private static func isAllowed(_ hours: Int64, _ visit: Visit) -> Bool {
        visit.may(.approver) || .seconds(hours * 3600) <= OperatorDesk.operatorsLongest
    }

    static func options(_ visit: Visit) -> [HTML] {
        choices.filter { isAllowed($0.hours, visit) }.map { "<option value=\"\($0.hours)\">\($0.caption)</option>" }
    }

    /// When the time that the form asks for is over. Throws where it is none of the choices, or too long for who asks.
    static func end(_ form: Form, _ visit: Visit) throws -> UTCInstant {
        guard let hours = form.text("hours").flatMap({ Int64($0) }), choices.contains(where: { $0.hours == hours }) else { throw Orders.incomplete }
        guard isAllowed(hours, visit) else {
            throw Diagnostic("CONSOLE-RIGHT", "an operator asks for a day at most", fix: "choose a shorter time, or ask an approver")
        }
        return visit.now.adding(.seconds(hours * 3600))
    }
}
