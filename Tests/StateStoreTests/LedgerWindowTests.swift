import Domain
import Foundation
import GRDB
import TestKit
import Testing

@testable import StateStore

@Suite struct LedgerWindowTests {
    @Test func `a window sees each commit at once, and its version moves with each`() throws {
        let fixture = try LedgerFixture()
        let window = try LedgerWindow(path: fixture.ledger.path)
        let before = try window.version()
        #expect(try window.version() == before)

        let run = try fixture.plannedRun(changes: 2)

        #expect(try window.version() != before)
        for _ in 0..<5 { #expect(try window.read { try $0.tally(run: run, entity: "stock")?.read } == 2) }
    }

    @Test func `a window cannot write, whatever is asked of it and whichever of its connections is asked`() throws {
        let fixture = try LedgerFixture()
        let window = try LedgerWindow(path: fixture.ledger.path)
        for _ in 0..<7 {
            #expect(throws: Diagnostic.self) { try window.read { try LedgerWriter(db: $0.db).remember(flow: "", name: "a", value: "b") } }
        }
        #expect(try fixture.ledger.read { try $0.memory(flow: "", name: "a") } == nil)
    }

    @Test func `a window reads while a long transaction writes, and sees the state of before`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 2)
        let window = try LedgerWindow(path: fixture.ledger.path)
        try fixture.ledger.write { writer in
            try writer.remember(flow: "", name: "a", value: "b")
            #expect(try window.read { try $0.tally(run: run, entity: "stock")?.read } == 2)
            #expect(try window.read { try $0.memory(flow: "", name: "a") } == nil)
        }
        #expect(try window.read { try $0.memory(flow: "", name: "a") } == "b")
    }

    @Test func `a read that does not end is interrupted and says so, and the next one is answered`() throws {
        let fixture = try LedgerFixture()
        let window = try LedgerWindow(path: fixture.ledger.path, connections: 1, limit: .milliseconds(50))
        let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        let refused = #expect(throws: Diagnostic.self) { try window.read { try Int.fetchOne($0.db, sql: endless) } }
        #expect(refused?.code == "LEDGER-SLOW")
        #expect(try window.read { try $0.unbalancedRuns() }.isEmpty)
    }

    @Test func `a ledger that is missing, older or newer is told apart, and is neither made nor changed`() throws {
        let folder = TemporaryFolder()
        func refusal(_ path: String) -> String? { #expect(throws: Diagnostic.self) { try LedgerWindow(path: path) }?.code }

        #expect(refusal(folder.path + "/none.db") == "LEDGER-ABSENT")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/none.db"))
        let older = folder.path + "/older.db"
        _ = try Ledger(path: older, migrations: Array(LedgerSchema.migrations.prefix(1)))
        #expect(refusal(older) == "LEDGER-OLDER")
        #expect(!FileManager.default.fileExists(atPath: older + ".schema-1"))
        let newer = folder.path + "/newer.db"
        _ = try Ledger(path: newer, migrations: LedgerSchema.migrations + [LedgerMigration(name: "9-test") { _ in }])
        #expect(refusal(newer) == "LEDGER-NEWER")
    }
}
