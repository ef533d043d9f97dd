import Domain
package import StateStore

/// Decisions that were ordered in the console: the order's end stands in the transaction of the decision.
extension OperatorDesk {
    /// The desk for one order.
    package func deciding(_ order: Instruction) -> OperatorDesk {
        var desk = self
        desk.order = order
        return desk
    }

    /// Asked first in the deciding transaction: whether the run is still what the person saw. Throws `CONSOLE-STALE`.
    func proveSeen(run: Int64, _ writer: LedgerWriter) throws {
        guard let order, order.seen != "", try writer.reader.decisionMark(run: run) != order.seen else { return }
        throw Diagnostic(
            "CONSOLE-STALE", "run \(run) is not what was shown when this was ordered: it was decided, planned anew or held for something else",
            fix: "look at the run as it is now, and decide again")
    }

    /// The run that an order made, where the order has no other decision.
    package func noteMade(_ run: Int64) throws { try runner.ledger.write(.operators) { try noteDecided(run: run, $0) } }

    /// Written last in the deciding transaction.
    func noteDecided(run: Int64?, _ writer: LedgerWriter) throws {
        guard let order else { return }
        try writer.decide(instruction: order.id, run: run)
    }
}
