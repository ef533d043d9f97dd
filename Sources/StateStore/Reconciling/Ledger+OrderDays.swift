package import Domain
import Foundation
import GRDB

extension LedgerWriter {
    /// Writes down what a comparison of one day found, in place of what an earlier one found.
    package func record(_ day: OrderDay) throws {
        let place: StatementArguments = [day.flow, day.day.description]
        try db.execute(sql: "DELETE FROM order_day WHERE flow = ? AND day = ?", arguments: place)
        try db.execute(sql: "INSERT INTO order_day (flow, day, at) VALUES (?, ?, ?)", arguments: place + [day.at.milliseconds])
        for (stage, counted) in day.stages {
            try db.execute(
                sql: "INSERT INTO order_stage (flow, day, stage, count, sum) VALUES (?, ?, ?, ?, ?)",
                arguments: place + [stage.rawValue, counted.count, counted.sum.description]
            )
        }
        for gap in day.gaps {
            try db.execute(
                sql: "INSERT OR REPLACE INTO order_gap (flow, day, identity, kind, text) VALUES (?, ?, ?, ?, ?)",
                arguments: place + [Data(gap.identity.bytes), gap.kind.rawValue, gap.text]
            )
        }
    }
}

extension LedgerReader {
    /// What the latest comparison of that day found; `nil` where there was none.
    package func orderDay(flow: String, day: CivilDate) throws -> OrderDay? {
        let place: StatementArguments = [flow, day.description]
        guard let at = try Int64.fetchOne(db, sql: "SELECT at FROM order_day WHERE flow = ? AND day = ?", arguments: place) else { return nil }
        var found = OrderDay(flow: flow, day: day, at: UTCInstant(milliseconds: at))
        for row in try Row.fetchAll(db, sql: "SELECT * FROM order_stage WHERE flow = ? AND day = ?", arguments: place) {
            guard let stage = OrderDay.Stage(rawValue: row["stage"]) else { continue }
            found.stages[stage] = CountedSum(count: row["count"], sum: ExactDecimal(plain: row["sum"] as String) ?? .zero)
        }
        found.gaps = try Row.fetchAll(db, sql: "SELECT * FROM order_gap WHERE flow = ? AND day = ? ORDER BY kind, identity", arguments: place)
            .compactMap { row in
                OrderGap.Kind(rawValue: row["kind"]).map {
                    OrderGap(identity: RecordKey(row["identity"] as Data), kind: $0, text: row["text"])
                }
            }
        return found
    }

    /// The flow's order of this number, with the file that it left in last.
    package func orderStanding(flow: String, identity: RecordKey) throws -> OrderStanding? {
        try orderStandings(
            sql: "o.flow = ? AND o.identity = ?", [flow, Data(identity.bytes)]
        ).first
    }

    /// The flow's orders that came to be in the shop within the span and are to leave or have left.
    package func orderStandings(flow: String, placedFrom from: UTCInstant, to: UTCInstant) throws -> [OrderStanding] {
        try orderStandings(
            sql: "o.flow = ? AND o.placed >= ? AND o.placed < ? AND o.standing IN ('due', 'packed', 'sent')",
            [flow, from.milliseconds, to.milliseconds])
    }

    private func orderStandings(sql condition: StaticString, _ arguments: StatementArguments) throws -> [OrderStanding] {
        let query = """
            SELECT o.*, d.total, c.placed AS sent, c.due, d.acknowledged, d.erp_number, d.refusal FROM outbox o
            LEFT JOIN consigned d ON d.document = o.id AND d.discarded = 0 AND d.consignment =
              (SELECT max(consignment) FROM consigned WHERE document = o.id AND discarded = 0)
            LEFT JOIN consignment c ON c.id = d.consignment WHERE
            """ + " \(condition) ORDER BY o.id"
        return try Row.fetchAll(db, sql: query, arguments: arguments).compactMap { row in
            OutboxDocument(row).map { document in
                OrderStanding(
                    document: document, total: (row["total"] as String?).flatMap { ExactDecimal(plain: $0) },
                    placed: (row["sent"] as Int64?).map { UTCInstant(milliseconds: $0) },
                    due: (row["due"] as Int64?).map { UTCInstant(milliseconds: $0) },
                    acknowledged: (row["acknowledged"] as Int64?).map { UTCInstant(milliseconds: $0) }, erpNumber: row["erp_number"],
                    refusal: row["refusal"])
            }
        }
    }
}
