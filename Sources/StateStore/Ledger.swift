import CSQLite
package import Domain
import Foundation
import GRDB

/// The books: every file, run, plan, outcome and believed value, in one SQLite file.
///
/// Durable at each commit: WAL with `synchronous = FULL` (reliability G4: with GRDB's default, a power cut can forget commits that
/// were already acknowledged to the ERP) and a real busy timeout (F84). One connection: work that must not interleave does not.
/// The surface is in the domain's words; no caller sees SQL.
package final class Ledger: Sendable {
    let queue: DatabaseQueue
    private let boundary: Boundary
    package let path: String
    let busyTimeout: Duration
    /// Once for the process.
    private static let isLibraryPrepared = leave_out_memory_statistics() == SQLITE_OK

    /// Opens or creates the ledger at `path` and brings its schema up to date; one of an older schema is copied beside itself first.
    /// Throws a `Diagnostic` where the file is damaged, newer than this program, or locked for longer than the timeout.
    package convenience init(path: String, boundary: Boundary = .open, busyTimeout: Duration = .seconds(10)) throws {
        try self.init(path: path, boundary: boundary, busyTimeout: busyTimeout, migrations: LedgerSchema.migrations)
    }

    init(path: String, boundary: Boundary = .open, busyTimeout: Duration = .seconds(10), migrations: [LedgerMigration]) throws {
        self.path = path
        self.boundary = boundary
        self.busyTimeout = busyTimeout
        _ = Self.isLibraryPrepared
        var configuration = Configuration()
        configuration.busyMode = .timeout(Double(busyTimeout.wholeMilliseconds) / 1000)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA foreign_keys = ON")
            try db.execute(sql: "PRAGMA cell_size_check = ON")
            // What is deleted is overwritten: a person who is forgotten is not in the file's free space.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            try db.execute(sql: "PRAGMA temp_store = FILE")
            try db.execute(sql: "PRAGMA cache_size = -2048")
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try boundary.around("ledger.migrate") { try LedgerSchema.migrate(queue, migrations) }
        } catch let error as DatabaseError {
            throw LedgerFailure.diagnostic(error, path: path)
        }
    }

    /// Reads a consistent state. `body` may run again only if the caller calls again.
    package func read<Result>(_ body: (LedgerReader) throws -> Result) throws -> Result {
        do {
            return try queue.inDatabase { db in
                // Not `queue.read`: it changes a pragma and back, and SQLite then compiles every statement again. A reader has
                // nothing to write with. Not `beginTransaction`: it compiles its statement each time, and a plan reads hundreds of times.
                try db.cachedStatement(sql: "BEGIN DEFERRED TRANSACTION").execute()
                defer { try? db.cachedStatement(sql: "COMMIT TRANSACTION").execute() }
                return try body(LedgerReader(db: db))
            }
        } catch let error as DatabaseError {
            throw LedgerFailure.diagnostic(error, path: path)
        }
    }

    /// A flow's own work, tally and bookmark in one transaction: all of it is durable when this returns, or none of it happened.
    /// The commit itself refuses books that do not balance. Throws `LEASE-LOST` where another process has taken over.
    package func write<Result>(as lease: LeaseKeeper, _ body: (LedgerWriter) throws -> Result) throws -> Result {
        try proving(lease) { signOfLife in
            try write { writer in
                // First: whoever took over while this process was paused has done this work already.
                guard try writer.reader.isHeld(flow: lease.flow, token: lease.token) else { throw LeaseKeeper.lost(lease.flow) }
                let result = try body(writer)
                // Last: nobody could take over meanwhile, however long the work took.
                try signOfLife(writer)
                return result
            }
        }
    }

    /// A sign of life and nothing else. It is no step of the flow's work, so it crosses no boundary.
    func renew(_ lease: LeaseKeeper) throws {
        try proving(lease) { signOfLife in
            do {
                try queue.write { try signOfLife(LedgerWriter(db: $0)) }
            } catch let error as DatabaseError {
                throw LedgerFailure.diagnostic(error, path: path)
            }
        }
    }

    private func proving<Result>(_ lease: LeaseKeeper, _ write: ((LedgerWriter) throws -> Void) throws -> Result) throws -> Result {
        var moment: Duration?
        do {
            let result = try write { writer in
                let now = lease.uptime
                try writer.renew(flow: lease.flow, token: lease.token, at: now)
                moment = now
            }
            if let moment { lease.noteRenewal(moment) }
            return result
        } catch let diagnostic as Diagnostic where diagnostic.code == LeaseKeeper.lostCode {
            lease.noteLoss()
            throw diagnostic
        }
    }

    /// The same for what is no flow's own work.
    package func write<Result>(_ exception: LeaselessWrite, _ body: (LedgerWriter) throws -> Result) throws -> Result {
        try write(body)
    }

    private func write<Result>(_ body: (LedgerWriter) throws -> Result) throws -> Result {
        do {
            return try boundary.around("ledger.commit") {
                try queue.write { try body(LedgerWriter(db: $0)) }
            }
        } catch let error as DatabaseError {
            throw LedgerFailure.diagnostic(error, path: path)
        }
    }

    /// A proven copy in the new file `target`, safe while others write. Throws `BACKUP-EXISTS` and `BACKUP-FAILED`.
    package func backUp(to target: String) throws { try LedgerBackup.write(queue, to: target) }

    /// The whole file's consistency, page by page. Slow on a large ledger; `quick_check` misses most damage.
    package func checkIntegrity() throws -> [String] {
        try queue.read { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
        }
    }
}

/// A consistent view of the ledger, valid inside the closure it is given to.
package struct LedgerReader {
    let db: Database
}

/// One transaction on the ledger, valid inside the closure it is given to. Reads what it has written.
package struct LedgerWriter {
    let db: Database

    package var reader: LedgerReader { LedgerReader(db: db) }
}

enum LedgerFailure {
    static func diagnostic(_ error: DatabaseError, path: String) -> Diagnostic {
        let place = Diagnostic.Location(file: path)
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return Diagnostic(
                "LEDGER-BUSY", "another process holds the ledger", at: place,
                fix: "wait for it or stop it; nothing was changed", kind: .transient
            )
        case .SQLITE_FULL, .SQLITE_IOERR:
            return Diagnostic(
                "LEDGER-DISK", "the ledger cannot be written: \(error.resultCode)", at: place,
                fix: "free space on that disk; the work continues by itself with the next run", kind: .transient
            )
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return Diagnostic(
                "LEDGER-DAMAGED", "the ledger file is damaged", at: place,
                fix: "stop all runs, keep the file, restore the last backup (docs/operations.md, Restore)"
            )
        case .SQLITE_READONLY, .SQLITE_CANTOPEN:
            return Diagnostic(
                "LEDGER-ACCESS", "the ledger cannot be opened for writing", at: place,
                fix: "give the service's user the folder and the file, mode 0700 and 0600"
            )
        default:
            // The balance is the one rule that waits for the commit; every other is told where it is broken.
            if error.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY, error.sql?.hasPrefix("COMMIT") == true {
                return Diagnostic(
                    "BOOKS-UNBALANCED", "a commit was refused because its counts did not add up", at: place,
                    fix: "nothing was changed; send the output of `tallyman show` with the run's number to support"
                )
            }
            return Diagnostic(
                "LEDGER-ERROR", "the ledger refused: \(error.message ?? "\(error.resultCode)")", at: place,
                fix: "nothing was changed; run `tallyman doctor`"
            )
        }
    }
}
