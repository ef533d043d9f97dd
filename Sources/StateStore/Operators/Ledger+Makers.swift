import GRDB

/// Who brought a run about: whoever ordered it, and whoever corrected a record of it. Where two people are asked for, none of them decides on it.
extension LedgerWriter {
    package func note(makers: [String], of run: Int64) throws {
        for who in makers {
            try db.cachedStatement(sql: "INSERT INTO run_maker (run, who) VALUES (?, ?) ON CONFLICT DO NOTHING").execute(arguments: [run, who])
        }
    }
}

extension LedgerReader {
    package func makers(of run: Int64) throws -> [String] {
        let noted = try String.fetchAll(db, sql: "SELECT who FROM run_maker WHERE run = ? ORDER BY who", arguments: [run])
        return try noted + (self.run(run)?.orderer.map { [$0] } ?? [])
    }

    /// Whoever corrected one of these records.
    package func editors(of errors: [Int64]) throws -> [String] {
        var found: Set<String> = []
        for id in errors {
            let statement = try db.cachedStatement(sql: "SELECT edited_by FROM record_outcome WHERE id = ? AND edited_by IS NOT NULL")
            if let who = try String.fetchOne(statement, arguments: [id]) { found.insert(who) }
        }
        return found.sorted()
    }
}
