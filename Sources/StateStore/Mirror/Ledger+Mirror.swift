package import Domain
import Foundation
import GRDB

/// What we believe Magento holds, per key, with the change that set it.
package struct MirrorEntry: Hashable, Sendable {
    package var key: RecordKey
    package var value: EncodedValue
    package var version: UTCInstant
    package var change: Int64?

    package init(key: RecordKey, value: EncodedValue, version: UTCInstant, change: Int64?) {
        self.key = key
        self.value = value
        self.version = version
        self.change = change
    }
}

extension LedgerReader {
    /// Fills `rows` with the keys whose folds are in `range`, in order. Reads SQLite's own buffers, copying each byte once.
    package func mirror(entity: String, folds range: Range<UInt64>, into rows: inout MirrorRows) throws {
        rows.bytes.removeAll(keepingCapacity: true)
        rows.rows.removeAll(keepingCapacity: true)
        let statement = try RawStatement(
            db,
            """
            SELECT fold, key, value, version, change IS NOT NULL FROM mirror
            WHERE entity = ? AND fold BETWEEN ? AND ? ORDER BY fold, key
            """
        )
        statement.bind(entity, at: 1)
        statement.bind(Int64(range.lowerBound), at: 2)
        statement.bind(Int64(range.upperBound - 1), at: 3)
        while try statement.next() {
            rows.rows.append(
                MirrorRows.Row(
                    fold: statement.integer(0), key: statement.append(1, to: &rows.bytes),
                    value: statement.append(2, to: &rows.bytes), version: statement.integer(3),
                    isProven: statement.integer(4) != 0
                )
            )
        }
    }

    /// Keys in the order of their folds, from behind `fold` on.
    package func mirrorKeys(entity: String, after fold: Int64, limit: Int) throws -> [(fold: Int64, key: RecordKey)] {
        try Row.fetchAll(
            db, sql: "SELECT fold, key FROM mirror WHERE entity = ? AND fold > ? ORDER BY fold, key LIMIT ?",
            arguments: [entity, fold, limit]
        ).map { (fold: $0["fold"], key: RecordKey($0["key"] as Data)) }
    }

    package func mirrorCount(entity: String) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM mirror WHERE entity = ?", arguments: [entity]) ?? 0
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
