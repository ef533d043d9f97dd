import GRDB

/// Schema 7: values that have moved in the shop by themselves, until a plan tells of them.
enum MovedValueSchema {
    static func create(_ db: Database) throws {
        try db.execute(sql: "CREATE TABLE moved_value (entity TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (entity, key)) STRICT, WITHOUT ROWID")
    }
}
