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
    /// Fills `rows` with the keys whose hashes are in `range`, in order: the order in which the table lies. Copies each byte once.
    package func mirror(entity: String, keyHashes range: Range<UInt64>, into rows: inout MirrorRows) throws {
        rows.removeAll()
        let statement = try RawStatement(
            db,
            "SELECT key_hash, key, value, change, version FROM mirror WHERE entity = ? AND key_hash BETWEEN ? AND ? ORDER BY key_hash, key")
        statement.bind(entity, at: 1)
        statement.bind(Int64(range.lowerBound), at: 2)
        statement.bind(Int64(range.upperBound - 1), at: 3)
        while try statement.next() {
            rows.append(
                keyHash: statement.integer(0), key: statement.blob(1), value: statement.blob(2), isProven: !statement.isNull(3),
                version: UTCInstant(milliseconds: statement.integer(4)))
        }
    }

    /// The same as entries, without the changes that set them.
    package func mirrorEntries(entity: String, keyHashes range: Range<UInt64>) throws -> [MirrorEntry] {
        try Row.fetchAll(
            db, sql: "SELECT key, value, version FROM mirror WHERE entity = ? AND key_hash BETWEEN ? AND ? ORDER BY key_hash, key",
            arguments: [entity, Int64(range.lowerBound), Int64(range.upperBound - 1)]
        ).map { row in
            MirrorEntry(
                key: RecordKey(row["key"] as Data), value: Array(row["value"] as Data),
                version: UTCInstant(milliseconds: row["version"]), change: nil)
        }
    }

    /// The entries of these keys, or of the one spelling of each that the mirror has, in the order of `keys`.
    package func mirrorEntries(entity: String, keys: [RecordKey]) throws -> [MirrorEntry?] {
        let statement = try RawStatement(db, "SELECT key, value, version FROM mirror WHERE entity = ? AND key_hash = ? ORDER BY key")
        statement.bind(entity, at: 1)
        return try keys.map { key in
            statement.bind(KeyHash.of(key.bytes[...]), at: 2)
            var found: MirrorEntry?
            while try statement.next() {
                guard found == nil || statement.blob(0).elementsEqual(key.bytes) else { continue }
                found = MirrorEntry(
                    key: RecordKey(Array(statement.blob(0))), value: Array(statement.blob(1)),
                    version: UTCInstant(milliseconds: statement.integer(2)), change: nil)
            }
            return found
        }
    }

    /// Keys in the order of their key hashes, from behind `keyHash` on.
    package func mirrorKeys(entity: String, after keyHash: Int64, limit: Int) throws -> [(keyHash: Int64, key: RecordKey)] {
        try Row.fetchAll(
            db, sql: "SELECT key_hash, key FROM mirror WHERE entity = ? AND key_hash > ? ORDER BY key_hash, key LIMIT ?",
            arguments: [entity, keyHash, limit]
        ).map { (keyHash: $0["key_hash"], key: RecordKey($0["key"] as Data)) }
    }

    package func mirrorCount(entity: String) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM mirror WHERE entity = ?", arguments: [entity]) ?? 0
    }

    /// The entry of the key, or of the one spelling of it that the mirror has.
    package func mirror(entity: String, key: RecordKey) throws -> MirrorEntry? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM mirror WHERE entity = ? AND key_hash = ? ORDER BY key = ? DESC LIMIT 1",
            arguments: [entity, KeyHash.of(key.bytes[...]), Data(key.bytes)]
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
        try put(entity: entity, key: key, value: value, version: version, change: change)
        try noteMirrorWritten(entity: entity, newest: version)
    }

    /// The shop does not have the key any more.
    package func forgetMirror(entity: String, key: RecordKey, version: UTCInstant) throws {
        try db.execute(
            sql: "DELETE FROM mirror WHERE entity = ? AND key_hash = ? AND key = ?", arguments: [entity, KeyHash.of(key.bytes[...]), Data(key.bytes)])
        try noteMirrorWritten(entity: entity, newest: version)
    }

    /// The shop may have changed these keys, as it compares them: they count as new until they are applied again. `nil`: all of them.
    package func doubtMirror(_ folded: Set<[UInt8]>?, entity: String) throws {
        guard let folded else {
            return try db.execute(sql: "UPDATE mirror SET change = NULL WHERE entity = ? AND change IS NOT NULL", arguments: [entity])
        }
        let statement = try db.cachedStatement(sql: "UPDATE mirror SET change = NULL WHERE entity = ? AND key_hash = ? AND change IS NOT NULL")
        for key in folded { try statement.execute(arguments: [entity, KeyHash.of(key[...])]) }
    }

    /// Takes what the shop holds for the mirror's first content; a key that is there already stays as it is.
    package func observe(_ values: [ObservedValue], entity: String) throws {
        let unknown = UTCInstant(milliseconds: 0)
        for observed in values where try reader.mirror(entity: entity, key: observed.key) == nil {
            try put(entity: entity, key: observed.key, value: observed.value, version: unknown, change: nil)
        }
        try noteMirrorWritten(entity: entity, newest: unknown)
    }

    /// What a run's plan only renews of our memory.
    func remember(_ changes: [Change], entity: String, by run: Int64) throws {
        guard let newest = changes.map(\.version).max() else { return }
        for change in changes {
            try put(entity: entity, key: change.key, value: change.after, version: change.version, change: nil)
        }
        try noteMirrorWritten(entity: entity, newest: newest, by: run)
    }

    /// A file told the values that the mirror has: nothing older counts for these keys any more. Values stay as they are.
    package func confirmMirror(_ keys: [RecordKey], entity: String, told version: UTCInstant, by run: Int64) throws {
        guard !keys.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: "UPDATE mirror SET version = ? WHERE entity = ? AND key_hash = ? AND key = ? AND version < ?")
        for key in keys {
            try statement.execute(arguments: [
                version.milliseconds, entity, KeyHash.of(key.bytes[...]), Data(key.bytes), version.milliseconds,
            ])
        }
        try noteMirrorWritten(entity: entity, newest: version, by: run)
    }

    /// The shop holds the values of a run's changes now. In one statement for each range, however many they are.
    ///
    /// - Parameter newest: none of them says more of its time than this.
    func mirror(_ ranges: [AnswerRanges.Range], entity: String, newest: UTCInstant, by run: Int64) throws {
        guard !ranges.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO mirror (entity, key_hash, key, value, version, change)
                SELECT entity, key_hash, key, after, version, id FROM change WHERE id BETWEEN ? AND ?
                ON CONFLICT (entity, key_hash, key) DO UPDATE SET value = excluded.value,
                  version = max(version, excluded.version), change = excluded.change
                """
        )
        for range in ranges { try statement.execute(arguments: [range.first, range.last]) }
        try noteMirrorWritten(entity: entity, newest: newest, by: run)
    }

    private func put(entity: String, key: RecordKey, value: EncodedValue, version: UTCInstant, change: Int64?) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO mirror (entity, key_hash, key, value, version, change) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (entity, key_hash, key) DO UPDATE SET value = excluded.value, version = excluded.version,
                  change = coalesce(excluded.change, change)
                """
        ).execute(arguments: [
            entity, KeyHash.of(key.bytes[...]), Data(key.bytes), Data(value), version.milliseconds, change,
        ])
    }
}
