package import Domain
import Foundation
import GRDB

/// Values that have moved in the shop by themselves and that no plan has told of since.
extension LedgerWriter {
    package func noteMoved(_ key: RecordKey, of entity: String) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO moved_value (entity, key) VALUES (?, ?)").execute(arguments: [entity, Data(key.bytes)])
    }

    /// - Parameter keys: all where it is `nil`.
    package func forgetMoved(_ keys: [RecordKey]?, of entity: String) throws {
        guard let keys else { return try db.execute(sql: "DELETE FROM moved_value WHERE entity = ?", arguments: [entity]) }
        let delete = try db.cachedStatement(sql: "DELETE FROM moved_value WHERE entity = ? AND key = ?")
        for key in keys { try delete.execute(arguments: [entity, Data(key.bytes)]) }
    }
}

extension LedgerReader {
    package func hasMoved(entity: String) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM moved_value WHERE entity = ?)", arguments: [entity]) ?? false
    }

    package func hasMoved(_ key: RecordKey, of entity: String) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM moved_value WHERE entity = ? AND key = ?)"),
            arguments: [entity, Data(key.bytes)]) ?? false
    }
}
