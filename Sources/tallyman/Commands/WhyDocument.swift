import Domain
import Reports
import StateStore

/// Where an order is, for people and programs.
struct WhyDocument {
    let output: Output

    func print(_ views: [OrderView]) throws {
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
                if let placed = left.consignment.placed { output.line("    left at \(ShopClock.told(placed))") }
                if let text = left.bytes { output.line("    line \(left.line ?? 0): \(text)") }
                if let acknowledged = left.acknowledged {
                    let number = left.erpNumber.map { " as \($0)" } ?? ""
                    output.line("    the ERP \(left.refusal.map { "refused it: \($0)" } ?? "took it\(number)") (\(ShopClock.told(acknowledged)))")
                } else if let due = left.consignment.due {
                    output.line("    no answer of the ERP yet, due \(ShopClock.told(due))")
                }
            }
            for error in view.openErrors {
                output.line(output.styled("  ! \(error.code ?? ""): \(error.reason ?? "") → \(error.fix ?? "")", .warning))
            }
        }
    }
}
