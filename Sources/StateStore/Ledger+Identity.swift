import GRDB

extension LedgerReader {
    /// What tells this ledger from every other; a copy of it has the same.
    package func identity() throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM memory WHERE flow = '' AND name = 'identity'")
    }

    /// Whether nothing was ever done with it.
    package func isUnused() throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT NOT EXISTS (SELECT 1 FROM delivery) AND NOT EXISTS (SELECT 1 FROM run) AND NOT EXISTS (SELECT 1 FROM outbox)
                  AND NOT EXISTS (SELECT 1 FROM audit)
                """) ?? true
    }
}

extension Ledger {
    /// Puts everything into the one file at `path`, so that it can be renamed: what is in the log beside it would be lost, or be
    /// taken for a part of another ledger. Throws `LEDGER-BUSY` while anybody else has it open.
    package func gatherIntoOneFile() throws {
        do {
            try queue.writeWithoutTransaction { db in
                _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
            }
        } catch let error as DatabaseError {
            throw LedgerFailure.diagnostic(error, path: path)
        }
    }

    /// No call is made any more after this.
    package func close() throws {
        do { try queue.close() } catch let error as DatabaseError { throw LedgerFailure.diagnostic(error, path: path) }
    }
}
