import Domain
import Foundation
import GRDB
import TestKit
import Testing

@testable import StateStore

struct LedgerTests {
    private func settings(of path: String) throws -> (journal: String, tables: [String]) {
        let queue = try DatabaseQueue(path: path)
        return try queue.read { db in
            (
                try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
                try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            )
        }
    }

    @Test func `G4 the ledger keeps a write-ahead log and waits for the disk`() throws {
        let fixture = try LedgerFixture()

        let (journal, tables) = try settings(of: fixture.ledger.path)

        #expect(journal == "wal")
        #expect(tables.contains("tally"))
        let synchronous = try fixture.ledger.write { try Int.fetchOne($0.db, sql: "PRAGMA synchronous") }
        #expect(synchronous == 2)
        let foreignKeys = try fixture.ledger.write { try Int.fetchOne($0.db, sql: "PRAGMA foreign_keys") }
        #expect(foreignKeys == 1)
    }

    @Test func `F84 a locked ledger is waited for and then reported as busy, not as broken`() throws {
        let fixture = try LedgerFixture()
        let other = try DatabaseQueue(path: fixture.ledger.path)

        let refused = try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            defer { try? db.execute(sql: "ROLLBACK") }
            return #expect(throws: Diagnostic.self) {
                try fixture.ledger.write { try $0.remember(flow: "stock", name: "a", value: "b") }
            }
        }

        #expect(refused?.code == "LEDGER-BUSY")
        #expect(refused?.kind == .transient)
    }

    @Test func `G6 a ledger of a newer version is refused, unharmed`() throws {
        let fixture = try LedgerFixture()
        let other = try DatabaseQueue(path: fixture.ledger.path)
        try other.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9-future')") }

        let refused = #expect(throws: Diagnostic.self) { try Ledger(path: fixture.ledger.path) }

        #expect(refused?.code == "LEDGER-NEWER")
    }

    @Test func `F83 a damaged ledger is named as damaged`() throws {
        let folder = TemporaryFolder()
        let path = folder.write("ledger.db", Array(repeating: UInt8(0x5A), count: 8192))

        let refused = #expect(throws: Diagnostic.self) { try Ledger(path: path) }

        #expect(refused?.code == "LEDGER-DAMAGED")
    }

    @Test func `a backup taken while the log holds data has everything`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 3)
        let target = fixture.folder.path + "/copy.db"

        try fixture.ledger.backUp(to: target)

        let copy = try Ledger(path: target)
        #expect(try copy.read { try $0.tally(run: run, entity: "stock") } == Tally(read: 3, counts: [.deferred: 3]))
        #expect(try copy.checkIntegrity() == [])
    }

    @Test func `J3 the audit log is append-only and each entry carries the hash of the one before`() throws {
        let fixture = try LedgerFixture()
        let digest: (String) -> ContentHash = { text in
            ContentHash(digest: (0..<32).map { UInt8(truncatingIfNeeded: Int(StableHash.of(text.utf8) >> 8) + $0) })
        }
        try fixture.ledger.write { writer in
            for action in ["approve", "discard"] {
                try writer.audit(action, of: "run 1", by: "ann", at: fixture.now, digest: digest)
            }
        }

        let entries = try fixture.ledger.read { try $0.audit(limit: 10) }
        #expect(entries[0].previous == entries[1].hash)
        for sql in ["UPDATE audit SET who = 'bob'", "DELETE FROM audit"] {
            #expect(throws: Diagnostic.self) { try fixture.ledger.write { try $0.db.execute(sql: sql) } }
        }
        #expect(try fixture.ledger.read { try $0.audit(limit: 10) } == entries)
        let check = try fixture.ledger.read { try $0.checkAudit(digest: digest) }
        #expect(check.faults == [] && check.entries == 2 && check.head == entries[0].hash)
    }

    /// What somebody with the file in hand can do.
    @Test(arguments: [
        "UPDATE audit SET who = 'bob' WHERE id = 2", "UPDATE audit SET detail = 'because', subject = '' WHERE id = 3",
        "UPDATE audit SET at = at + 1 WHERE id = 4",
        "UPDATE audit SET hash = previous WHERE id = 4", "DELETE FROM audit WHERE id = 1", "DELETE FROM audit WHERE id = 2",
        "DELETE FROM audit WHERE id >= 4", "DELETE FROM audit",
        "INSERT INTO audit SELECT 9, at, who, action, subject, detail, previous, hash FROM audit WHERE id = 4",
        "UPDATE audit SET previous = '', hash = hash WHERE id = 3",
    ])
    func `J3 the check of the audit log finds every edit, gap and cut end`(_ sql: String) throws {
        let fixture = try LedgerFixture()
        let digest: (String) -> ContentHash = { text in
            ContentHash(digest: (0..<32).map { UInt8(truncatingIfNeeded: Int(StableHash.of(text.utf8) >> 8) + $0) })
        }
        try fixture.ledger.write { writer in
            for subject in ["run 1", "run 2", "run 3", "run 4"] {
                try writer.audit("approve", of: subject, by: "ann", at: fixture.now, digest: digest)
            }
        }
        let sound = try fixture.ledger.read { try $0.checkAudit(digest: digest) }
        try fixture.ledger.write { writer in
            for trigger in ["audit_is_append_only", "audit_is_kept"] { try writer.db.execute(sql: "DROP TRIGGER \(trigger)") }
            try writer.db.execute(sql: sql)
        }

        #expect(sound.faults == [] && sound.entries == 4)
        #expect(try fixture.ledger.read { try $0.checkAudit(digest: digest) }.faults != [])
        #expect(try fixture.ledger.read { try $0.checkAudit(expecting: sound.head, digest: digest) }.faults != [])
    }

    @Test func `F78 a full disk stops the commit cleanly, and the same ledger goes on when there is room`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 1)
        let pages = try fixture.ledger.write { try Int.fetchOne($0.db, sql: "PRAGMA page_count") ?? 0 }
        try fixture.ledger.write { try $0.db.execute(sql: "PRAGMA max_page_count = \(pages + 2)") }

        let refused = #expect(throws: Diagnostic.self) {
            try fixture.ledger.write { writer in
                for number in 0..<2000 {
                    try writer.remember(flow: "stock", name: "n\(number)", value: String(repeating: "x", count: 500))
                }
            }
        }

        #expect(refused?.code == "LEDGER-DISK")
        #expect(refused?.kind == .transient)
        #expect(try fixture.ledger.checkIntegrity() == [])
        try fixture.ledger.write { try $0.db.execute(sql: "PRAGMA max_page_count = 1000000") }
        try fixture.settle(try fixture.claim(run).claims, in: run, .applied(evidence: "ok"))
        #expect(try fixture.ledger.read { try $0.unbalancedRuns() }.isEmpty)
    }

    @Test func `a file that changes after it was done is a new drop; the same file is not`() throws {
        let fixture = try LedgerFixture()
        let file = RemoteFile(name: Array("a.csv".utf8), size: 5, modified: fixture.now, kind: .regular)
        let look: (RemoteFile) throws -> FileDrop = { file in
            try fixture.ledger.write { try $0.look(at: file, flow: "stock", folder: "out", now: fixture.now) { ($0 ?? "") + "x" } }
        }
        let first = try look(file)
        try fixture.ledger.write { try $0.set(drop: first.id, to: .done) }

        let again = try look(file)
        let changed = try look(RemoteFile(name: file.name, size: 6, modified: fixture.now, kind: .regular))

        #expect(again.id == first.id)
        #expect(again.state == .done)
        #expect(changed.id != first.id)
        #expect(changed.state == .waiting)
    }
}
