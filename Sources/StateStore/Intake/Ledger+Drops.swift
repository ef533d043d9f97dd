package import Domain
import Foundation
import GRDB

extension LedgerWriter {
    /// Notes one look at a file and answers what is known of it. A file that cannot be the one that was read under its name is a new
    /// drop; what was read stays as it was. `observation` makes what is to be remembered from what was. Safe to repeat.
    /// - Parameter aside: the private name the file is under, where it is not under its own.
    package func look(
        at file: RemoteFile, flow: String, folder: String, aside: [UInt8]? = nil, now: UTCInstant,
        observation: (_ earlier: String?) -> String
    ) throws -> FileDrop {
        guard let last = try reader.drop(flow: flow, folder: folder, name: file.name, aside: aside), !last.isReplaced(by: file) else {
            return try addDrop(file, flow: flow, folder: folder, aside: aside, now: now, observation: observation(nil))
        }
        if last.state.isRead {
            // Its node was touched, by a writing within one tick of its time perhaps: its bytes will tell.
            let isTouched = last.file.mark != nil && file.mark != nil && last.file.mark != file.mark
            let certainty = isTouched ? ReadingCertainty.doubtful : last.certainty
            try db.cachedStatement(sql: "UPDATE file_drop SET last_seen = ?, observation = ?, certainty = ? WHERE id = ?")
                .execute(arguments: [now.milliseconds, observation(last.observation), certainty.rawValue, last.id])
        } else {
            try db.cachedStatement(
                sql: "UPDATE file_drop SET size = ?, modified = ?, mark = ?, own_time = ?, last_seen = ?, observation = ? WHERE id = ?"
            ).execute(arguments: [
                file.size, file.modified.milliseconds, file.mark?.text, file.gaps.contains(.time), now.milliseconds, observation(last.observation),
                last.id,
            ])
        }
        return try reader.drop(last.id) ?? last
    }

    /// A file that was not known before.
    package func addDrop(
        _ file: RemoteFile, flow: String, folder: String, aside: [UInt8]? = nil, now: UTCInstant, observation: String
    ) throws -> FileDrop {
        try db.cachedStatement(
            sql: """
                INSERT INTO file_drop (flow, folder, name, size, modified, mark, own_time, aside, first_seen, last_seen, observation, certainty, state)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'doubtful', 'waiting')
                """
        ).execute(arguments: [
            flow, folder, Data(file.name), file.size, file.modified.milliseconds, file.mark?.text, file.gaps.contains(.time),
            aside.map { Data($0) }, now.milliseconds, now.milliseconds, observation,
        ])
        return FileDrop(
            id: db.lastInsertedRowID, folder: folder, file: file, aside: aside, firstSeen: now, lastSeen: now, observation: observation,
            certainty: .doubtful, control: nil, state: .waiting, rule: nil, delivery: nil
        )
    }

    package func set(drop id: Int64, to state: FileDrop.State, rule: String? = nil, delivery: Int64? = nil) throws {
        try db.execute(
            sql: """
                UPDATE file_drop SET state = ?1, rule = coalesce(?2, rule), delivery = coalesce(?3, delivery), in_hand = (?1 = 'downloading'),
                  interruptions = CASE WHEN ?1 = 'processing' THEN 0 ELSE interruptions END WHERE id = ?4
                """,
            arguments: [state.rawValue, rule, delivery, id]
        )
    }

    /// From here on an end without a word is held against the file, until its run begins or it is laid down.
    package func takeInHand(drop id: Int64) throws { try db.execute(sql: "UPDATE file_drop SET in_hand = 1 WHERE id = ?", arguments: [id]) }
    package func layDown(drop id: Int64) throws { try db.execute(sql: "UPDATE file_drop SET in_hand = 0 WHERE id = ?", arguments: [id]) }

    /// Files of the flow that the last process had in hand. Where it ended without a word that is counted; where it ended in order it says
    /// nothing of them.
    package func layDownAll(flow: String, counting isCounted: Bool) throws {
        try db.execute(
            sql:
                "UPDATE file_drop SET in_hand = 0, interruptions = interruptions + ? WHERE flow = ? AND in_hand = 1 AND state IN ('waiting', 'downloading', 'staged')",
            arguments: [isCounted ? 1 : 0, flow])
    }

    /// Its bytes are held as `delivery`, in the same transaction as what proves them.
    package func stage(drop id: Int64, as delivery: Int64, certainty: ReadingCertainty, control: ControlInstance?) throws {
        try db.execute(
            sql: "UPDATE file_drop SET state = 'staged', in_hand = 0, rule = NULL, delivery = ?, certainty = ?, control = ? WHERE id = ?",
            arguments: [delivery, certainty.rawValue, control?.text, id]
        )
    }

    /// It cannot be taken yet, for a reason of its own; others can.
    package func refuse(drop id: Int64, because reason: String) throws {
        try db.execute(sql: "UPDATE file_drop SET state = 'waiting', in_hand = 0, rule = ? WHERE id = ?", arguments: [reason, id])
    }

    /// Another reading found the same bytes.
    package func setCertainty(_ certainty: ReadingCertainty, of drop: Int64, mark: FileMark?) throws {
        try db.execute(
            sql: "UPDATE file_drop SET certainty = ?, mark = ? WHERE id = ?", arguments: [certainty.rawValue, mark?.text, drop]
        )
    }

    /// Files of the folder that a look did not show: those that wait are gone, and what comes back under the name of one that was left
    /// is known by its bytes alone. Answers how many are gone.
    package func markVanished(flow: String, folder: String, except seen: Set<Int64>) throws -> Int {
        let known = try Row.fetchAll(
            db,
            sql: """
                SELECT id, state FROM file_drop WHERE flow = ? AND folder = ? AND state IN ('waiting', 'done', 'duplicate', 'quarantined')
                  AND (state = 'waiting' OR observation <> '')
                """,
            arguments: [flow, folder]
        )
        var gone = 0
        for row in known where !seen.contains(row["id"]) {
            let isWaiting = (row["state"] as String) == FileDrop.State.waiting.rawValue
            gone += isWaiting ? 1 : 0
            let change =
                isWaiting
                ? "UPDATE file_drop SET state = 'vanished' WHERE id = ?"
                : "UPDATE file_drop SET certainty = 'doubtful', observation = '' WHERE id = ?"
            try db.cachedStatement(sql: change).execute(arguments: [row["id"] as Int64])
        }
        return gone
    }
}

extension LedgerReader {
    /// The latest drop of that name: the one under it, or the one that is held under the private name.
    package func drop(flow: String, folder: String, name: [UInt8], aside: [UInt8]? = nil) throws -> FileDrop? {
        try Row.fetchOne(
            db,
            sql: "SELECT * FROM file_drop WHERE flow = ? AND folder = ? AND name = ? AND aside IS ? ORDER BY id DESC LIMIT 1",
            arguments: [flow, folder, Data(name), aside.map { Data($0) }]
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

    /// Files without a run that processes ended over, the oldest first.
    package func interruptedDrops(flow: String) throws -> [FileDrop] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM file_drop WHERE flow = ? AND interruptions > 0
                AND state NOT IN ('ignored', 'done', 'removed', 'duplicate', 'quarantined', 'vanished') AND state <> 'processing' ORDER BY id
                """,
            arguments: [flow]
        ).map(FileDrop.init)
    }

    /// Files of every flow whose remote end is being settled in a folder.
    package func drops(settledIn folder: String) throws -> [(drop: FileDrop, hash: ContentHash)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT f.*, d.hash AS held FROM file_drop f JOIN delivery d ON d.id = f.delivery
                WHERE f.state = 'processing' AND f.folder = ? ORDER BY f.id
                """,
            arguments: [folder]
        ).compactMap { row in ContentHash(hex: row["held"]).map { (FileDrop(row), $0) } }
    }

    /// The latest of the files that a delivery's bytes came from.
    package func drop(ofDelivery delivery: Int64, flow: String) throws -> FileDrop? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM file_drop WHERE flow = ? AND delivery = ? ORDER BY id DESC LIMIT 1", arguments: [flow, delivery]
        ).map(FileDrop.init)
    }

    /// The done file that announced the last file of that name before `drop`.
    package func control(before drop: Int64, flow: String, folder: String, name: [UInt8]) throws -> ControlInstance? {
        try String.fetchOne(
            db,
            sql: """
                SELECT control FROM file_drop WHERE flow = ? AND folder = ? AND name = ? AND control IS NOT NULL AND id < ?
                ORDER BY id DESC LIMIT 1
                """,
            arguments: [flow, folder, Data(name), drop]
        ).flatMap { ControlInstance(text: $0) }
    }
}

extension FileDrop {
    fileprivate func isReplaced(by file: RemoteFile) -> Bool {
        state == .vanished || state == .removed || (state.isRead && !(self.file.size == file.size && self.file.modified == file.modified))
    }

    init(_ row: Row) {
        self.init(
            id: row["id"], folder: row["folder"],
            file: RemoteFile(
                name: Array(row["name"] as Data), size: row["size"], modified: UTCInstant(milliseconds: row["modified"]),
                kind: .regular, mark: (row["mark"] as String?).flatMap { FileMark(text: $0) }
            ),
            aside: (row["aside"] as Data?).map { Array($0) },
            firstSeen: UTCInstant(milliseconds: row["first_seen"]), lastSeen: UTCInstant(milliseconds: row["last_seen"]),
            observation: row["observation"], certainty: ReadingCertainty(rawValue: row["certainty"]) ?? .doubtful,
            control: (row["control"] as String?).flatMap { ControlInstance(text: $0) },
            state: State(rawValue: row["state"]) ?? .quarantined, rule: row["rule"], delivery: row["delivery"],
            hasOwnTime: row["own_time"], interruptions: row["interruptions"]
        )
    }
}
