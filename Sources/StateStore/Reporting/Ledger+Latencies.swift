package import Domain
import GRDB

/// How long the way took, each in milliseconds and ascending, so that a share of them is read off.
package struct Latencies: Hashable, Sendable {
    /// From the moment the shop had the order ready (placed, or released) to its file standing in the ERP's folder.
    package var orders: [Int64]
    /// From the moment the file of figures landed to the end of its run.
    package var files: [Int64]
    /// From the moment the file of a despatch landed to the shop's answer.
    package var events: [Int64]

    package init(orders: [Int64], files: [Int64], events: [Int64]) {
        self.orders = orders.sorted()
        self.files = files.sorted()
        self.events = events.sorted()
    }

    /// The nearest rank: so many of a hundred took at most as long. `nil` where there are none.
    package static func percentile(_ share: Int, of ascending: [Int64]) -> Duration? {
        guard !ascending.isEmpty else { return nil }
        let rank = (ascending.count * share + 99) / 100
        return .milliseconds(ascending[max(0, rank - 1)])
    }
}

extension LedgerReader {
    /// - Parameters:
    ///   - figures: the entity whose files count for `files`: stock.
    ///   - events: the entity whose records count for `events`: despatches.
    package func latencies(figures: String, events: String, from: UTCInstant, to: UTCInstant) throws -> Latencies {
        let span: StatementArguments = [from.milliseconds, to.milliseconds]
        return Latencies(
            orders: try Int64.fetchAll(
                db,
                sql: """
                    SELECT max(0, c.placed - o.released) FROM consignment c JOIN consigned d ON d.consignment = c.id
                    JOIN outbox o ON o.id = d.document
                    WHERE c.placed >= ? AND c.placed < ? AND d.resent = 0 AND d.discarded = 0 AND o.released IS NOT NULL
                    """,
                arguments: span
            ),
            // A clock of the other side that is ahead of ours makes no time negative.
            files: try Int64.fetchAll(
                db,
                sql: """
                    SELECT max(0, r.ended - d.modified) FROM run r JOIN delivery d ON d.id = r.delivery
                    JOIN tally t ON t.run = r.id
                    WHERE r.ended >= ? AND r.ended < ? AND d.origin = 'endpoint' AND t.entity = ? AND t.applied > 0
                    """,
                arguments: span + [figures]
            ),
            events: try Int64.fetchAll(
                db,
                sql: """
                    SELECT max(0, a.answered - d.modified) FROM answer a CROSS JOIN run r ON r.id = a.run
                    CROSS JOIN delivery d ON d.id = r.delivery CROSS JOIN change c ON c.id BETWEEN a.first AND a.last
                    WHERE a.answered >= ? AND a.answered < ? AND d.origin = 'endpoint' AND a.entity = ? AND a.outcome = 'applied'
                    """,
                arguments: span + [events]
            )
        )
    }

    /// Records of a span that were rejected for one of these reasons.
    package func rejections(_ codes: [String], from: UTCInstant, to: UTCInstant) throws -> Int {
        try codes.reduce(0) { sum, code in
            sum
                + (try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM record_outcome o JOIN run r ON r.id = o.run
                        WHERE r.ended >= ? AND r.ended < ? AND o.code = ? AND o.outcome = 'rejected' AND r.state <> 'previewed'
                        """,
                    arguments: [from.milliseconds, to.milliseconds, code]
                ) ?? 0)
        }
    }
}
