package import Domain
import Foundation
import GRDB

extension LedgerReader {
    /// How the orders of these numbers have left as documents of `entity`, by whichever flow, oldest leaving first.
    package func departures(of orders: [RecordKey], entity: String) throws -> [RecordKey: [Departure]] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT g.flow, g.sequence, c.position, g.placed, c.acknowledged, c.refusal IS NOT NULL AS refused
                FROM outbox o JOIN consigned c ON c.document = o.id AND c.discarded = 0 JOIN consignment g ON g.id = c.consignment
                WHERE o.identity = ? AND g.entity = ? ORDER BY g.flow, g.sequence
                """
        )
        var departures: [RecordKey: [Departure]] = [:]
        for order in orders {
            let rows = try Row.fetchAll(statement, arguments: [Data(order.bytes), entity])
            if !rows.isEmpty { departures[order] = rows.map(Departure.init) }
        }
        return departures
    }

    /// Where a reader of our files stands who names `claim`: behind an order, at its first leaving in each flow, or behind a file.
    package func departures(claimed claim: String, entity: String) throws -> [Departure] {
        let order = RecordKey(claim)
        let named = try departures(of: [order], entity: entity)[order] ?? []
        guard named.isEmpty else {
            return named.reduce(into: []) { first, departure in
                if !first.contains(where: { $0.flow == departure.flow }) { first.append(departure) }
            }
        }
        return try Row.fetchAll(
            db, sql: "SELECT flow, sequence, placed FROM consignment WHERE name = ? AND state <> 'discarded'", arguments: [claim]
        ).map { row in
            Departure(
                flow: row["flow"], sequence: row["sequence"], position: .max,
                placed: (row["placed"] as Int64?).map { UTCInstant(milliseconds: $0) })
        }
    }

    /// What is planned or held of an entity and not settled yet.
    package func unsettledChanges(entity: String) throws -> [(key: RecordKey, value: EncodedValue)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT c.key, c.after FROM run r CROSS JOIN planned_change c ON c.run = r.id AND c.entity = ? AND c.outcome = 'deferred'
                WHERE r.state NOT IN ('finished', 'discarded', 'failed', 'previewed') ORDER BY c.id
                """,
            arguments: [entity]
        ).map { (key: RecordKey($0["key"] as Data), value: Array($0["after"] as Data)) }
    }

    /// The keys of a flow's rejected records that wait for someone with this code.
    package func openErrorKeys(flow: String, code: String) throws -> [RecordKey] {
        try Data.fetchAll(
            db,
            sql: """
                SELECT DISTINCT key FROM record_outcome WHERE queue = 'open' AND code = ? AND key IS NOT NULL
                AND run IN (SELECT id FROM run WHERE flow = ?) ORDER BY key
                """,
            arguments: [code, flow]
        ).map { RecordKey($0) }
    }

    /// The keys of an entity's rejected records that wait for someone.
    package func openErrorKeys(entity: String) throws -> [RecordKey] {
        try Data.fetchAll(
            db, sql: "SELECT DISTINCT key FROM record_outcome WHERE queue = 'open' AND entity = ? AND key IS NOT NULL ORDER BY key",
            arguments: [entity]
        ).map { RecordKey($0) }
    }
}

extension Departure {
    fileprivate init(_ row: Row) {
        self.init(
            flow: row["flow"], sequence: row["sequence"], position: row["position"],
            placed: (row["placed"] as Int64?).map { UTCInstant(milliseconds: $0) },
            acknowledged: (row["acknowledged"] as Int64?).map { UTCInstant(milliseconds: $0) }, isRefused: row["refused"])
    }
}
