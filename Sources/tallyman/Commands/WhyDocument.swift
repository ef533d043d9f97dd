import Domain
import Engine
import Formats
import Reports
import StateStore

/// Where an order is, for people and programs.
struct WhyDocument {
    let output: Output
    let profile: (_ flow: String) throws -> OutputProfile

    func print(_ explanations: [OutboundExplanation]) throws {
        let views = explanations.map(view)
        if output.format == .json { return try output.json(views) }
        for view in views {
            let reason = view.reason.map { ": \($0)" } ?? ""
            output.line(output.styled(view.order, .strong) + " · \(view.flow) · \(view.standing)\(reason)")
            for left in view.left {
                let again = left.again ? ", sent again" : ""
                output.line(
                    "  \(left.consignment.state) in \(left.consignment.file), consignment \(left.consignment.consignment), run \(left.consignment.run)\(again)"
                )
                output.line("    \(left.told)")
                if let placed = left.consignment.placed { output.line("    left at \(placed)") }
                if let text = left.bytes { output.line("    line \(left.line ?? 0): \(text)") }
                if let acknowledged = left.acknowledged {
                    let number = left.erpNumber.map { " as \($0)" } ?? ""
                    output.line("    the ERP \(left.refusal.map { "refused it: \($0)" } ?? "took it\(number)") (\(acknowledged))")
                } else if let due = left.consignment.due {
                    output.line("    no answer of the ERP yet, due \(due)")
                }
            }
            for error in view.openErrors {
                output.line(output.styled("  ! \(error.code ?? ""): \(error.reason ?? "") → \(error.fix ?? "")", .warning))
            }
        }
    }

    private func view(_ explanation: OutboundExplanation) -> OrderView {
        let encoding = (try? profile(explanation.document.flow))?.encoding ?? .utf8
        return OrderView(
            order: explanation.document.identity.description, flow: explanation.document.flow,
            standing: explanation.document.standing.rawValue, reason: explanation.document.reason,
            left: explanation.leavings.map { leaving in
                OrderView.Leaving(
                    consignment: ConsignmentView(leaving.consignment), told: leaving.evidence, line: leaving.origin?.line,
                    bytes: leaving.bytes.map { Escaped(encoding.decode($0), limit: 2000).description }, again: leaving.document.isResent,
                    acknowledged: leaving.document.acknowledged.map { "\($0)" },
                    erpNumber: leaving.document.erpNumber.map { Escaped($0).description }, refusal: leaving.document.refusal
                )
            },
            openErrors: explanation.openErrors.map { ErrorView($0) }
        )
    }
}
