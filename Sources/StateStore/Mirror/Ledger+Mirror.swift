package import Domain
import Foundation
import GRDB
import GRDBSQLite

/// What we believe Magento holds, per key, with the change that set it.
package struct MirrorEntry: Hashable, Sendable {
    package var key: RecordKey
    package var value: EncodedValue
    package var version: UTCInstant
    package var change: Int64?
}

extension LedgerReader {
    /// Fills `rows` with the keys whose folds are in `range`, in order. Reads SQLite's own buffers, copying each byte once.
    package func mirror(entity: String, folds range: Range<UInt64>, into rows: inout MirrorRows) throws {
        rows.bytes.removeAll(keepingCapacity: true)
        rows.rows.removeAll(keepingCapacity: true)
        let statement = try db.cachedStatement(
            sql: """
                SELECT fold, key, value, version, change IS NOT NULL FROM mirror
                WHERE entity = ? AND fold BETWEEN ? AND ? ORDER BY fold, key
                """
        )
        try statement.setArguments([entity, Int64(range.lowerBound), Int64(range.upperBound - 1)])
        let handle = statement.sqliteStatement
        sqlite3_reset(handle)
        while true {
            let code = sqlite3_step(handle)
            guard code == SQLITE_ROW else {
                sqlite3_reset(handle)
                guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
                return
            }
            let key = append(handle, column: 1, to: &rows.bytes)
            let value = append(handle, column: 2, to: &rows.bytes)
            rows.rows.append(
                MirrorRows.Row(
                    fold: sqlite3_column_int64(handle, 0), key: key, value: value,
                    version: sqlite3_column_int64(handle, 3), isProven: sqlite3_column_int(handle, 4) != 0
                )
            )
        }
    }

    private func append(_ handle: SQLiteStatement, column: Int32, to bytes: inout [UInt8]) -> Range<Int> {
        let start = bytes.count
        let length = Int(sqlite3_column_bytes(handle, column))
        if length > 0, let blob = sqlite3_column_blob(handle, column) {
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: blob, count: length))
        }
        return start..<bytes.count
    }

    /// The entry of the key, or of the one spelling of it that the mirror has.
    package func mirror(entity: String, key: RecordKey) throws -> MirrorEntry? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM mirror WHERE entity = ? AND fold = ? ORDER BY key = ? DESC LIMIT 1",
            arguments: [entity, KeyFold.of(key.bytes[...]), Data(key.bytes)]
        ).map { row in
            MirrorEntry(
                key: RecordKey(row["key"] as Data), value: Array(row["value"] as Data),
                version: UTCInstant(milliseconds: row["version"]), change: row["change"]
            )
        }
    }

    package func mirrorCount(entity: String) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM mirror WHERE entity = ?", arguments: [entity]) ?? 0
    }
}

extension LedgerWriter {
    /// `change` is `nil` for a value that was read from the shop rather than sent by us.
    package func setMirror(entity: String, key: RecordKey, value: EncodedValue, version: UTCInstant, change: Int64?) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO mirror (entity, fold, key, value, version, change) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (entity, fold, key) DO UPDATE SET value = excluded.value, version = excluded.version,
                  change = coalesce(excluded.change, change)
                """
        ).execute(arguments: [
            entity, KeyFold.of(key.bytes[...]), Data(key.bytes), Data(value), version.milliseconds, change,
        ])
    }
}
