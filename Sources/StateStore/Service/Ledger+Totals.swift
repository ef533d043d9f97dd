package import Domain
import GRDB

extension LedgerReader {
    /// What became of all records so far, by flow and entity.
    package func tallyTotals() throws -> [(flow: String, entity: String, outcome: Outcome, count: Int)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT r.flow, t.entity, sum(t.applied) AS applied, sum(t.unchanged) AS unchanged, sum(t.duplicate) AS duplicate,
                  sum(t.superseded) AS superseded, sum(t.rejected) AS rejected, sum(t.deferred) AS deferred
                FROM tally t JOIN run r ON r.id = t.run WHERE r.state <> 'previewed' GROUP BY r.flow, t.entity ORDER BY 1, 2
                """
        ).flatMap { row in
            Outcome.allCases.map { (flow: row["flow"], entity: row["entity"], outcome: $0, count: row[$0.rawValue] as Int) }
        }
    }

    /// The slots that are still remembered.
    package func slotTotals() throws -> [(flow: String, state: Slot.State, reason: String, count: Int)] {
        try Row.fetchAll(
            db, sql: "SELECT flow, state, reason, sum(count) AS number FROM slot GROUP BY flow, state, reason ORDER BY 1, 2, 3"
        ).map { (flow: $0["flow"], state: Slot.State(rawValue: $0["state"]) ?? .missed, reason: $0["reason"], count: $0["number"]) }
    }
}
