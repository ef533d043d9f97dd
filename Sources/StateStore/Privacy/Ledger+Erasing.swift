import CSQLite
package import Domain
import Foundation
import GRDB

/// Forgetting a person. Counts, outcomes and books stay as they are; the bytes, values and words go.
extension LedgerWriter {
    package func erase(_ erasure: Erasure) throws -> ErasureCount {
        var count = ErasureCount()
        for entity in erasure.entities {
            for order in erasure.orders {
                count.records += try run(Self.eraseRecordsOf, [entity, Data(order.bytes)])
                count.changes += try run(Self.eraseEvidenceOf, [entity, Data(order.bytes)])
                _ = try run(Self.eraseProofOf, [entity, Data(order.bytes)])
            }
            for needle in erasure.orderNeedles {
                count.records += try run(Self.eraseRecordsHolding + " AND entity = ?2", [Data(needle), entity])
                count.changes += try run(Self.eraseEvidence + " AND entity = ?2", [Data(needle), entity])
                _ = try run(Self.eraseProof + " AND entity = ?2", [Data(needle), entity])
            }
        }
        for document in erasure.documents {
            let place: StatementArguments = [document.entity, Data(document.key.bytes)]
            count.records += try run(Self.eraseRecordsOf, place)
            count.changes += try run(Self.eraseEvidenceOf, place)
            _ = try run(Self.eraseProofOf, place)
        }
        for order in Set(erasure.orders + erasure.documents.map(\.key)) {
            for statement in Self.orderWords { count.texts += try run(statement, [Data(order.bytes)]) }
        }
        for needle in erasure.needles {
            let bytes = Data(needle)
            count.records += try run(Self.eraseRecordsHolding, [bytes])
            _ = try run(Self.eraseKeysHolding, [bytes])
            count.changes += try run(Self.eraseEvidence, [bytes])
            _ = try run(Self.eraseProof, [bytes])
            count.changes += try run(Self.eraseChanges, [bytes])
            count.values += try run("DELETE FROM mirror WHERE \(Self.holds("value", 1)) OR \(Self.holds("key", 1))", [bytes])
            _ = try run("DELETE FROM moved_value WHERE \(Self.holds("key", 1))", [bytes])
            count.mails += try run("DELETE FROM mail WHERE \(Self.holds("content", 1))", [bytes])
            for (table, column) in Self.words {
                count.texts += try run("UPDATE \(table) SET \(column) = '(erased)' WHERE \(Self.holds(column, 1))", [bytes])
            }
            count.values += try run("DELETE FROM reconciliation_difference WHERE \(Self.holds("wanted", 1)) OR \(Self.holds("observed", 1))", [bytes])
        }
        // Whatever was deleted of it: no plan rests on the mirror as it was.
        try db.execute(sql: "UPDATE mirror_edition SET edition = edition + 1")
        try erasePlans(erasure, &count)
        return count
    }

    /// Mails about runs that had a record of the person, whatever they say.
    package func eraseMails(ofRuns runs: [Int64]) throws -> Int {
        try runs.reduce(0) { sum, id in
            sum + (try run("DELETE FROM mail WHERE id IN (SELECT mail FROM run_report WHERE run = ?)", [id]))
        }
    }

    /// Examples and findings that name the person go; what they count stays.
    private func erasePlans(_ erasure: Erasure, _ count: inout ErasureCount) throws {
        for needle in erasure.needles + erasure.orderNeedles {
            let rows = try Row.fetchAll(db, sql: Self.plansHolding, arguments: [Data(needle)])
            for row in rows where erasure.needles.contains(needle) || erasure.entities.contains(row["entity"]) {
                var summary = try PlanText.summary(row["summary"])
                for name in summary.marks.keys { summary.marks[name]?.examples = [] }
                let findings = try PlanText.findings(row["findings"]).map { GateFinding(gate: $0.gate, text: "(erased)") }
                count.texts += try run(
                    "UPDATE plan SET summary = ?, findings = ? WHERE run = ? AND entity = ?",
                    [try PlanText.encode(summary), try PlanText.encode(findings), row["run"] as Int64, row["entity"] as String])
            }
        }
    }

    private func run(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        try db.execute(sql: sql, arguments: arguments)
        return db.changesCount
    }

    /// Whether a column holds the bytes of a parameter, whatever the case of their letters.
    private static func holds(_ column: String, _ parameter: Int) -> String {
        "instr(lower(CAST(coalesce(\(column), '') AS TEXT)), CAST(?\(parameter) AS TEXT)) > 0"
    }

    private static let eraseRecord = """
        UPDATE record_outcome SET value = NULL, reason = '(erased)', fix = NULL, original = NULL, edited = NULL,
          queue = CASE queue WHEN 'open' THEN 'dismissed' ELSE queue END
        """
    private static let eraseRecordsOf = eraseRecord + " WHERE entity = ? AND key = ? AND coalesce(reason, '') <> '(erased)'"
    private static let eraseRecordsHolding =
        eraseRecord + " WHERE ("
        + ["original", "edited", "value", "reason"].map { holds($0, 1) }.joined(separator: " OR ") + ")"
    /// A number of an order stays: by it the order is known if it comes again. A key that is an address goes.
    private static let eraseKeysHolding = "UPDATE record_outcome SET key = NULL WHERE " + holds("key", 1)
    private static let eraseEvidenceOf =
        "UPDATE change SET evidence = '(erased)', trouble = NULL WHERE entity = ? AND key = ? AND evidence <> '(erased)'"
    private static let eraseEvidence = """
        UPDATE change SET evidence = '(erased)', trouble = NULL WHERE (\(holds("evidence", 1)) OR \(holds("trouble", 1)) OR id IN
          (SELECT c.id FROM answer a JOIN change c ON c.id BETWEEN a.first AND a.last WHERE \(holds("a.proof", 1))))
        """
    /// Words that several changes share are those of all: they go where they hold what is to be forgotten.
    private static let eraseProofOf =
        "UPDATE answer SET proof = NULL WHERE proof IS NOT NULL AND first = last AND first IN (SELECT id FROM change WHERE entity = ? AND key = ?)"
    private static let eraseProof = "UPDATE answer SET proof = NULL WHERE \(holds("proof", 1))"
    private static let eraseChanges = """
        UPDATE change SET before = CASE WHEN \(holds("before", 1)) THEN NULL ELSE before END,
          after = CASE WHEN \(holds("after", 1)) THEN X'' ELSE after END,
          key = CASE WHEN \(holds("key", 1)) THEN CAST('(erased)' AS BLOB) ELSE key END
        WHERE \(holds("before", 1)) OR \(holds("after", 1)) OR \(holds("key", 1))
        """
    private static let plansHolding =
        "SELECT run, entity, summary, findings FROM plan WHERE " + holds("summary", 1) + " OR " + holds("findings", 1)
    private static let words = [
        ("run", "verdict"), ("outbox", "reason"), ("consigned", "refusal"), ("consignment", "evidence"), ("notice", "text"),
        ("alarm", "text"), ("reading", "text"), ("slot", "note"), ("mail_copy", "answer"), ("order_gap", "text"),
    ]
    private static let orderWords = [
        "UPDATE outbox SET reason = '(erased)' WHERE identity = ? AND reason IS NOT NULL",
        "UPDATE consigned SET refusal = '(erased)' WHERE refusal IS NOT NULL AND document IN (SELECT id FROM outbox WHERE identity = ?)",
        "UPDATE order_gap SET text = '(erased)' WHERE identity = ?",
    ]
}

extension LedgerReader {
    private static let runsOf = "SELECT r.id FROM run r CROSS JOIN change c ON c.run = r.id AND c.key_hash = ? AND c.key = ?"

    /// Runs whose records are of these orders or hold these texts.
    package func runs(touching erasure: Erasure) throws -> [Int64] {
        var found: Set<Int64> = []
        for order in Set(erasure.orders + erasure.documents.map(\.key)) {
            found.formUnion(try Int64.fetchAll(db, sql: Self.runsOf, arguments: [KeyHash.of(order.bytes[...]), Data(order.bytes)]))
            found.formUnion(try Int64.fetchAll(db, sql: "SELECT run FROM record_outcome WHERE key = ?", arguments: [Data(order.bytes)]))
        }
        for needle in erasure.needles {
            let sql = "SELECT run FROM record_outcome WHERE instr(lower(CAST(coalesce(original, value, '') AS TEXT)), CAST(? AS TEXT)) > 0"
            found.formUnion(try Int64.fetchAll(db, sql: sql, arguments: [Data(needle)]))
        }
        return found.sorted()
    }

    /// Whether an open run or a waiting record still reads this file.
    package func isNeeded(_ hash: ContentHash) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM run JOIN delivery d ON d.id = run.delivery WHERE d.hash = ? AND
                  (run.state NOT IN ('finished', 'discarded', 'failed', 'previewed') OR EXISTS
                    (SELECT 1 FROM record_outcome r WHERE r.run = run.id AND r.queue = 'open')))
                """,
            arguments: [hash.hex]) ?? false
    }

    /// Every delivery of a file, by its bytes.
    package func deliveries(hash: ContentHash) throws -> [Delivery] {
        try Int64.fetchAll(db, sql: "SELECT id FROM delivery WHERE hash = ? ORDER BY id", arguments: [hash.hex])
            .compactMap { try delivery($0) }
    }

    /// The documents in a file of ours, with the place of each.
    package func places(in delivery: Int64) throws -> [(document: Erasure.Document, origins: [RecordOrigin])] {
        try Row.fetchAll(
            db, sql: "SELECT c.entity, c.key, c.origins FROM change c JOIN run r ON r.id = c.run WHERE r.delivery = ?", arguments: [delivery]
        ).map { row in
            (Erasure.Document(entity: row["entity"], key: RecordKey(row["key"] as Data)), try RecordOrigin.decode(Array(row["origins"] as Data)))
        }
    }
}

extension LedgerReader {
    /// Since when what was erased may still be found in the ledger's file, by whoever reads its bytes; `nil` where nothing is.
    package func uncleanSince() throws -> UTCInstant? {
        try memory(flow: "", name: Ledger.unclean)?.split(separator: " ").first.flatMap { Int64($0) }.map { UTCInstant(milliseconds: $0) }
    }
}

extension LedgerWriter {
    /// In the transaction that erases: the file is to be written anew, and that is not forgotten whatever comes between.
    package func noteUnclean(at now: UTCInstant) throws { try remember(flow: "", name: Ledger.unclean, value: "\(now.milliseconds) vacuum") }
}

extension Ledger {
    fileprivate static let unclean = "erase.unclean"

    /// How long a reader in another process is waited for.
    package enum ScrubPatience: Sendable { case usual, none }

    /// Takes what was deleted out of the file itself: free pages, and the log beside it. Nothing of it is in either afterwards.
    ///
    /// `false` where a process that reads or writes keeps the old bytes in place: it stays to be done, and is safe to repeat.
    package func scrub(_ patience: ScrubPatience = .usual) throws -> Bool {
        guard let note = try read({ try $0.memory(flow: "", name: Self.unclean) }) else { return true }
        do {
            return try queue.writeWithoutTransaction { db in
                if patience == .none { try db.execute(sql: "PRAGMA busy_timeout = 0") }
                defer { if patience == .none { _ = sqlite3_busy_timeout(db.sqliteConnection, Int32(busyTimeout.wholeMilliseconds)) } }
                if note.hasSuffix("vacuum") {
                    try db.execute(sql: "VACUUM")
                    try db.execute(
                        sql: "UPDATE memory SET value = ? WHERE flow = '' AND name = ?",
                        arguments: [String(note.dropLast(6)) + "log", Self.unclean])
                }
                // Answers 1 first where somebody still reads what was.
                let isBusy = try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") ?? 1
                guard isBusy == 0 else { return false }
                try db.execute(sql: "DELETE FROM memory WHERE flow = '' AND name = ?", arguments: [Self.unclean])
                return true
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED {
            return false
        } catch let error as DatabaseError {
            throw LedgerFailure.diagnostic(error, path: path)
        }
    }
}
