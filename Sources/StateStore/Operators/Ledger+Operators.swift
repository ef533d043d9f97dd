import GRDB

extension LedgerReader {
    package func memory(flow: String, name: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM memory WHERE flow = ? AND name = ?", arguments: [flow, name])
    }
}

extension LedgerWriter {
    /// Something learnt that spares the next run the learning (a batch size); never anything the result depends on.
    package func remember(flow: String, name: String, value: String) throws {
        try db.execute(
            sql: """
                INSERT INTO memory (flow, name, value) VALUES (?, ?, ?)
                ON CONFLICT (flow, name) DO UPDATE SET value = excluded.value
                """,
            arguments: [flow, name, value]
        )
    }
}
