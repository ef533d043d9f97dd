import Domain
import GRDB

/// The ledger's migrations: append-only and named. A released one is never edited; a test carries every released schema forward.
enum LedgerSchema {
    static func migrate(_ queue: DatabaseQueue) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-books") { try LedgerSchema1.create($0) }
        // Several processes may find a new ledger at once: whoever came second looks again and finds nothing left to do.
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
        if try queue.read(migrator.hasBeenSuperseded) {
            throw Diagnostic(
                "LEDGER-NEWER", "the ledger was written by a newer version of tallyman",
                at: Diagnostic.Location(file: queue.path),
                fix: "install that version again, or restore the backup taken before the upgrade"
            )
        }
        if try queue.read(migrator.hasCompletedMigrations) { return }
        try migrator.migrate(queue)
    }
}
