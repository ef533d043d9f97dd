package import Domain
import Foundation
import GRDB

extension LedgerWriter {
    /// Notes one look at a file and answers what is known of it. A finished or vanished drop whose file has changed is a new one.
    /// `sighting` makes what is to be remembered from what was. Safe to repeat.
    package func look(
        at file: RemoteFile, flow: String, folder: String, now: UTCInstant, sighting: (_ earlier: String?) -> String
    ) throws -> FileDrop {
        if let last = try reader.drop(flow: flow, folder: folder, name: file.name), !last.isReplaced(by: file) {
            try db.cachedStatement(
                sql: "UPDATE file_drop SET size = ?, modified = ?, last_seen = ?, sighting = ? WHERE id = ?"
            ).execute(arguments: [
                file.size, file.modified.milliseconds, now.milliseconds, sighting(last.sighting), last.id,
            ])
            return try reader.drop(last.id) ?? last
        }
        let first = sighting(nil)
        try db.cachedStatement(
            sql: """
                INSERT INTO file_drop (flow, folder, name, size, modified, first_seen, last_seen, sighting, state)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting')
                """
        ).execute(arguments: [
            flow, folder, Data(file.name), file.size, file.modified.milliseconds, now.milliseconds, now.milliseconds, first,
        ])
        return FileDrop(
            id: db.lastInsertedRowID, folder: folder, file: file, firstSeen: now, lastSeen: now, sighting: first,
            state: .waiting, rule: nil, delivery: nil
        )
    }

    package func set(drop id: Int64, to state: FileDrop.State, rule: String? = nil, delivery: Int64? = nil) throws {
        try db.execute(
            sql: """
                UPDATE file_drop SET state = ?, rule = coalesce(?, rule), delivery = coalesce(?, delivery) WHERE id = ?
                """,
            arguments: [state.rawValue, rule, delivery, id]
        )
    }

    /// Waiting files of the folder that this look did not see are gone. Answers how many.
    package func markVanished(flow: String, folder: String, notSeenSince now: UTCInstant) throws -> Int {
        try db.execute(
            sql: """
                UPDATE file_drop SET state = 'vanished'
                WHERE flow = ? AND folder = ? AND state = 'waiting' AND last_seen < ?
                """,
            arguments: [flow, folder, now.milliseconds]
        )
        return db.changesCount
    }
}

extension LedgerReader {
    /// The latest drop of that name.
    package func drop(flow: String, folder: String, name: [UInt8]) throws -> FileDrop? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM file_drop WHERE flow = ? AND folder = ? AND name = ? ORDER BY id DESC LIMIT 1",
            arguments: [flow, folder, Data(name)]
        ).map(FileDrop.init)
    }

    package func drop(_ id: Int64) throws -> FileDrop? {
        try Row.fetchOne(db, sql: "SELECT * FROM file_drop WHERE id = ?", arguments: [id]).map(FileDrop.init)
    }

    package func drops(flow: String, in state: FileDrop.State) throws -> [FileDrop] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM file_drop WHERE flow = ? AND state = ? ORDER BY id", arguments: [flow, state.rawValue]
        ).map(FileDrop.init)
    }
}

extension FileDrop {
    fileprivate func isReplaced(by file: RemoteFile) -> Bool {
        let isChanged = self.file.size != file.size || self.file.modified != file.modified
        return state == .vanished || (state.isFinal && isChanged)
    }

    fileprivate init(_ row: Row) {
        self.init(
            id: row["id"], folder: row["folder"],
            file: RemoteFile(
                name: Array(row["name"] as Data), size: row["size"], modified: UTCInstant(milliseconds: row["modified"]),
                kind: .regular
            ),
            firstSeen: UTCInstant(milliseconds: row["first_seen"]), lastSeen: UTCInstant(milliseconds: row["last_seen"]),
            sighting: row["sighting"],
            state: State(rawValue: row["state"]) ?? .quarantined, rule: row["rule"], delivery: row["delivery"]
        )
    }
}
