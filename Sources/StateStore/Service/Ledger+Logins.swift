package import Domain
import GRDB

extension LedgerReader {
    /// How the last login of `USER@HOST:PORT` ended; `nil` before the first.
    package func lastLogin(of account: String) throws -> LastLogin? {
        guard let row = try Row.fetchOne(db, sql: "SELECT credential, refused, at FROM login WHERE account = ?", arguments: [account]) else {
            return nil
        }
        return LastLogin(credential: row["credential"], refused: row["refused"], at: UTCInstant(milliseconds: row["at"]))
    }
}

extension LedgerWriter {
    package func record(_ login: LastLogin, of account: String) throws {
        try db.execute(
            sql: """
                INSERT INTO login (account, credential, refused, at) VALUES (?, ?, ?, ?)
                ON CONFLICT (account) DO UPDATE SET credential = excluded.credential, refused = excluded.refused, at = excluded.at
                """,
            arguments: [account, login.credential, login.refused, login.at.milliseconds])
    }
}
