import Domain
import Foundation
import GRDB
import TestKit
import Testing

@testable import StateStore

/// A ledger is carried from each release to the next, and can be gone back to.
@Suite struct UpgradeTests {
    private static let last = LedgerSchema.migrations.last?.name ?? ""
    private static let next = LedgerMigration(name: "11-test") { try $0.execute(sql: "ALTER TABLE run ADD COLUMN note TEXT") }

    @Test func `G6 a ledger is copied before its schema changes, and the copy is the ledger of before`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 3)
        let path = fixture.ledger.path

        let upgraded = try Ledger(path: path, migrations: LedgerSchema.migrations + [Self.next])

        #expect(try upgraded.read { try $0.tally(run: run, entity: "stock")?.read } == 3)
        #expect(try upgraded.read { try $0.unbalancedRuns() }.isEmpty)
        let copy = LedgerSchema.copyPath(of: path, behind: Self.last)
        #expect(try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int == 0o600)
        let before = try Ledger(path: copy)
        #expect(try before.read { try $0.tally(run: run, entity: "stock")?.read } == 3)
        #expect(throws: Diagnostic.self) { try Ledger(path: path) }
    }

    @Test func `G6 after going back, the next upgrade keeps the ledger as it is then`() throws {
        let fixture = try LedgerFixture()
        let path = fixture.ledger.path
        let copy = LedgerSchema.copyPath(of: path, behind: Self.last)
        // The copy of an upgrade that was gone back from, when the ledger was still empty.
        try fixture.ledger.backUp(to: copy)
        let run = try fixture.plannedRun(changes: 3)

        _ = try Ledger(path: path, migrations: LedgerSchema.migrations + [Self.next])

        #expect(try Ledger(path: copy).read { try $0.tally(run: run, entity: "stock")?.read } == 3)
    }

    @Test func `G6 of several processes that find an old ledger at once all go on, and the copy is of the schema before`() async throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 3)
        let path = fixture.ledger.path

        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 { group.addTask { _ = try Ledger(path: path, migrations: LedgerSchema.migrations + [Self.next]) } }
            try await group.waitForAll()
        }

        let copy = LedgerSchema.copyPath(of: path, behind: Self.last)
        #expect(try Ledger(path: copy).read { try $0.tally(run: run, entity: "stock")?.read } == 3)
        #expect(!FileManager.default.fileExists(atPath: copy + ".part"))
    }

    @Test func `a new ledger has nothing to copy`() throws {
        let folder = TemporaryFolder()
        _ = try Ledger(path: folder.path + "/ledger.db", migrations: LedgerSchema.migrations + [Self.next])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("schema-") }.isEmpty)
    }

    @Test func `G6 an upgrade that fails half-way changes nothing, and succeeds when it is tried again`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 3)
        let path = fixture.ledger.path
        let broken = LedgerMigration(name: "11-test") { db in
            try Self.next.change(db)
            try db.execute(sql: "INSERT INTO no_such_table VALUES (1)")
        }

        #expect(throws: Diagnostic.self) { try Ledger(path: path, migrations: LedgerSchema.migrations + [broken]) }
        #expect(try Ledger(path: path).read { try $0.tally(run: run, entity: "stock")?.read } == 3)
        let upgraded = try Ledger(path: path, migrations: LedgerSchema.migrations + [Self.next])
        #expect(try upgraded.read { try $0.tally(run: run, entity: "stock")?.read } == 3)
    }

    @Test func `G6 where the copy cannot be written the ledger is left as it was`() throws {
        let fixture = try LedgerFixture()
        _ = try fixture.plannedRun(changes: 3)
        let path = fixture.ledger.path
        // The name of the part is taken by a folder.
        let copy = LedgerSchema.copyPath(of: path, behind: Self.last)
        try FileManager.default.createDirectory(atPath: copy + ".part", withIntermediateDirectories: false)

        let refused = #expect(throws: Diagnostic.self) { try Ledger(path: path, migrations: LedgerSchema.migrations + [Self.next]) }

        #expect(refused?.code == "BACKUP-FAILED")
        _ = try Ledger(path: path)
    }

    @Test func `a backup is for its owner alone, is never written over another file, and a part that was left behind is no obstacle`() throws {
        let fixture = try LedgerFixture()
        let run = try fixture.plannedRun(changes: 3)
        let target = fixture.folder.path + "/copy.db"
        _ = FileManager.default.createFile(atPath: target + ".part", contents: Data("half a copy".utf8))

        try fixture.ledger.backUp(to: target)
        let again = #expect(throws: Diagnostic.self) { try fixture.ledger.backUp(to: target) }

        #expect(again?.code == "BACKUP-EXISTS")
        #expect(try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int == 0o600)
        #expect(!FileManager.default.fileExists(atPath: target + ".part"))
        #expect(try Ledger(path: target).read { try $0.tally(run: run, entity: "stock")?.read } == 3)
    }
}

/// The ledgers that releases have written, as they were.
@Suite struct ReleasedLedgerTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/ledgers").path
    static let releases = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".db") }.sorted()

    private func copy(of release: String, in folder: TemporaryFolder) throws -> String {
        let path = folder.path + "/ledger.db"
        try FileManager.default.copyItem(atPath: "\(Self.folder)/\(release)", toPath: path)
        return path
    }

    private func schema(_ ledger: Ledger) throws -> [String] {
        try ledger.read { try String.fetchAll($0.db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name") }
    }

    @Test(arguments: releases)
    func `G6 a ledger of each release opens, balances, has the schema of a new one, and is worked with`(_ release: String) throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: try copy(of: release, in: folder))
        let fresh = try Ledger(path: folder.path + "/fresh.db")

        #expect(try ledger.checkIntegrity().isEmpty)
        #expect(try ledger.read { try $0.unbalancedRuns() }.isEmpty)
        #expect(try ledger.read { try $0.recentRuns(limit: 100) }.count > 3)
        // Released migrations are never edited: what they made then is what they make now.
        #expect(try schema(ledger) == schema(fresh))
        let run = try LedgerFixture(ledger: ledger, folder: folder).plannedRun(changes: 3)
        #expect(try ledger.read { try $0.tally(run: run, entity: "stock")?.read } == 3)
    }

    @Test(arguments: releases)
    func `G6 a ledger of each release is carried to a schema to come, with a copy of what it was`(_ release: String) throws {
        let folder = TemporaryFolder()
        let path = try copy(of: release, in: folder)
        let runs = try Ledger(path: path).read { try $0.recentRuns(limit: 100) }
        let next = LedgerMigration(name: "11-test") { try $0.execute(sql: "ALTER TABLE run ADD COLUMN note TEXT") }

        let ledger = try Ledger(path: path, migrations: LedgerSchema.migrations + [next])

        #expect(try ledger.read { try $0.recentRuns(limit: 100) } == runs)
        let last = try #require(LedgerSchema.migrations.last)
        #expect(try Ledger(path: LedgerSchema.copyPath(of: path, behind: last.name)).read { try $0.recentRuns(limit: 100) } == runs)
        #expect(try LedgerFixture(ledger: ledger, folder: folder).plannedRun(changes: 2) > (runs.first?.id ?? 0))
    }
}
