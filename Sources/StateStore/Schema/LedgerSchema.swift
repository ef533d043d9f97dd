import Domain
import GRDB

/// A named step from one schema of the ledger to the next.
struct LedgerMigration: Sendable {
    var name: String
    var change: @Sendable (Database) throws -> Void
}

/// The ledger's migrations: append-only. A released one is never edited (`Fixtures/ledgers` has a ledger of each release, and a test
/// carries it forward); what a release needs is added behind the last.
enum LedgerSchema {
    static let migrations = [
        LedgerMigration(name: "1-books") { try LedgerSchema1.create($0) },
        LedgerMigration(name: "2-causes") { try CauseSchema.create($0) },
        LedgerMigration(name: "3-instructions") { try InstructionSchema.create($0) },
        LedgerMigration(name: "4-operations") { try OperationsSchema.create($0) },
        LedgerMigration(name: "5-run-times") { try RunTimeSchema.create($0) },
        LedgerMigration(name: "6-reason-counts") { try ReasonCountSchema.create($0) },
        LedgerMigration(name: "7-moved-values") { try MovedValueSchema.create($0) },
        LedgerMigration(name: "8-file-sets") { try FileSetSchema.create($0) },
        LedgerMigration(name: "9-file-numbers") { try FileNumberSchema.create($0) },
        LedgerMigration(name: "10-servers") { try ServerSchema.create($0) },
    ]

    /// Brings the ledger at `queue.path` up to date. One that holds books already is copied first: going back to the version before
    /// needs its ledger as it was.
    static func migrate(_ queue: DatabaseQueue, _ migrations: [LedgerMigration]) throws {
        var migrator = DatabaseMigrator()
        for migration in migrations { migrator.registerMigration(migration.name, migrate: migration.change) }
        // Several processes may find an old ledger at once: whoever came second looks again and finds nothing left to do.
        var looks = 5
        while true {
            looks -= 1
            do {
                return try migrate(queue, migrator)
            } catch let error as DatabaseError {
                guard looks > 0 else { throw error }
            }
        }
    }

    private static func migrate(_ queue: DatabaseQueue, _ migrator: DatabaseMigrator) throws {
        try refuseNewer(queue, migrator)
        let done = try queue.read(migrator.completedMigrations)
        guard done.count < migrator.migrations.count else { return }
        if let last = done.last { try keepCopy(of: queue, migrator, behind: last) }
        try migrator.migrate(queue)
    }

    private static func refuseNewer(_ queue: DatabaseQueue, _ migrator: DatabaseMigrator) throws {
        guard try queue.read(migrator.hasBeenSuperseded) else { return }
        throw Diagnostic(
            "LEDGER-NEWER", "the ledger was written by a newer version of tallyman",
            at: Diagnostic.Location(file: queue.path),
            fix: "install that version again, or restore the backup taken before the upgrade (docs/upgrade.md)"
        )
    }

    /// For what only reads: throws `LEDGER-NEWER` and `LEDGER-OLDER` instead of changing anything.
    static func requireCurrent(_ queue: DatabaseQueue) throws {
        var migrator = DatabaseMigrator()
        for migration in migrations { migrator.registerMigration(migration.name, migrate: migration.change) }
        try refuseNewer(queue, migrator)
        guard try queue.read(migrator.hasCompletedMigrations) else {
            throw Diagnostic(
                "LEDGER-OLDER", "the ledger was written by an older version of tallyman and has not been upgraded",
                at: Diagnostic.Location(file: queue.path), fix: "restart `tallyman serve`, or run a flow once: that upgrades it", kind: .transient)
        }
    }

    /// A copy of an earlier upgrade is replaced: it was gone back to, and the ledger has been worked with since. If another process has
    /// upgraded meanwhile, its copy stays.
    private static func keepCopy(of queue: DatabaseQueue, _ migrator: DatabaseMigrator, behind last: String) throws {
        try LedgerBackup.write(queue, to: copyPath(of: queue.path, behind: last), existing: .replaced) { copy in
            try migrator.completedMigrations(copy).last == last
        }
    }

    /// Where the copy before an upgrade lies: beside the ledger, named by the last migration it has.
    static func copyPath(of ledger: String, behind last: String) -> String { "\(ledger).schema-\(last.prefix { $0 != "-" })" }
}
