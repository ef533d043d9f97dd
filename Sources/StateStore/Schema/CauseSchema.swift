import GRDB

/// Schema 2: the error queue by cause. Only open records are in the index, so it stays as small as what waits. `queue` stands in it although
/// it is always the same: without it SQLite looks every record up.
enum CauseSchema {
    static func create(_ db: Database) throws {
        try db.execute(sql: "CREATE INDEX record_outcome_cause ON record_outcome (queue, entity, code, field, run, value) WHERE queue = 'open'")
    }
}
