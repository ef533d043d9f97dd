import CSQLite
import Domain
import Foundation
import GRDB
import Synchronization

/// A view of a ledger for pages: it reads and can do nothing else.
///
/// A few connections of its own with `query_only`, so that neither a planner's transaction nor another page keeps a page waiting, and
/// no page can hold the write-ahead log for long: what reads longer than `limit` is interrupted. It never creates a ledger and never
/// brings one to another schema.
package final class LedgerWindow: Sendable {
    package let path: String
    /// The first is there from the beginning; each other one is opened when it is first needed.
    private let queues: Mutex<[DatabaseQueue?]>
    private let first: DatabaseQueue
    private let configuration: Configuration
    private let limit: Duration
    private let turn = Atomic<Int>(0)

    /// Throws a `Diagnostic` where the ledger is missing, damaged, or of another version than this program.
    package init(path: String, connections: Int = 3, limit: Duration = .seconds(2)) throws {
        self.path = path
        self.limit = limit
        guard FileManager.default.fileExists(atPath: path) else {
            throw Diagnostic(
                "LEDGER-ABSENT", "there is no ledger yet", at: .init(file: path),
                fix: "run a flow once; if there was a ledger here, restore the last backup (docs/operations.md)")
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(1)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA query_only = ON")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
            try db.execute(sql: "PRAGMA cache_size = -4096")
        }
        do {
            self.configuration = configuration
            first = try DatabaseQueue(path: path, configuration: configuration)
            queues = Mutex([first] + Array(repeating: nil, count: max(1, connections) - 1))
            try LedgerSchema.requireCurrent(first)
            // GRDB's own reads, of which that was one, leave a connection free to write.
            try first.inDatabase { try $0.execute(sql: "PRAGMA query_only = ON") }
        } catch let error as DatabaseError {
            throw LedgerFailure.diagnostic(error, path: path)
        }
    }

    /// Reads a consistent state. Throws `LEDGER-SLOW` where it takes longer than the limit.
    package func read<Result>(_ body: (LedgerReader) throws -> Result) throws -> Result {
        do {
            return try next().inDatabase { db in
                let deadline = ReadDeadline(limit)
                deadline.watch(db)
                defer { deadline.stop(db) }
                try db.cachedStatement(sql: "BEGIN DEFERRED TRANSACTION").execute()
                defer { try? db.cachedStatement(sql: "COMMIT TRANSACTION").execute() }
                return try body(LedgerReader(db: db))
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            throw Diagnostic(
                "LEDGER-SLOW", "the ledger took longer than \(limit.wholeSeconds) seconds to answer", at: .init(file: path),
                fix: "ask for less at once, or try again when the run that is under way has ended", kind: .transient)
        } catch let error as DatabaseError {
            throw LedgerFailure.diagnostic(error, path: path)
        }
    }

    private func next() throws -> DatabaseQueue {
        let number = UInt(bitPattern: turn.wrappingAdd(1, ordering: .relaxed).oldValue)
        return try queues.withLock { queues in
            let place = Int(number % UInt(queues.count))
            if let known = queues[place] { return known }
            let fresh = try DatabaseQueue(path: path, configuration: configuration)
            queues[place] = fresh
            return fresh
        }
    }

    /// Changes whenever anybody commits to the ledger; costs no query of it.
    package func version() throws -> Int64 {
        // One connection answers for all: each counts for itself.
        do {
            return try first.inDatabase { try Int64.fetchOne($0.cachedStatement(sql: "PRAGMA data_version")) ?? 0 }
        } catch let error as DatabaseError {
            throw LedgerFailure.diagnostic(error, path: path)
        }
    }
}

/// The end of the time that one read may take.
private final class ReadDeadline {
    private let end: ContinuousClock.Instant

    init(_ limit: Duration) { end = .now + limit }

    func watch(_ db: Database) {
        sqlite3_progress_handler(
            db.sqliteConnection, 20_000,
            { context in
                guard let context else { return 0 }
                let deadline = Unmanaged<ReadDeadline>.fromOpaque(context).takeUnretainedValue()
                return ContinuousClock.now < deadline.end ? 0 : 1
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    func stop(_ db: Database) { sqlite3_progress_handler(db.sqliteConnection, 0, nil, nil) }
}
