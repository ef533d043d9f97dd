package import Domain
import GRDB

extension LedgerWriter {
    /// Notes a flow's schedule at first sight or after a change; slots count from `now` then.
    package func setCursor(flow: String, schedule: String, through: UTCInstant) throws {
        try db.execute(
            sql: """
                INSERT INTO slot_cursor (flow, through, schedule) VALUES (?, ?, ?)
                ON CONFLICT (flow) DO UPDATE SET through = excluded.through, schedule = excluded.schedule
                """,
            arguments: [flow, through.milliseconds, schedule]
        )
    }

    /// The clock went back: slots count from `now` again, also for the next process.
    package func lowerCursors(to now: UTCInstant) throws {
        try db.execute(sql: "UPDATE slot_cursor SET through = ?1 WHERE through > ?1", arguments: [now.milliseconds])
    }

    private func advanceCursor(flow: String, through: UTCInstant) throws {
        try db.execute(
            sql: "UPDATE slot_cursor SET through = max(through, ?) WHERE flow = ?", arguments: [through.milliseconds, flow]
        )
    }

    /// Answers whether the slot is to be run: one that was started before, by this process or another, is not run again.
    package func start(_ start: SlotStart, at now: UTCInstant) throws -> Bool {
        if start.reason == .schedule { try advanceCursor(flow: start.flow, through: start.due) }
        let isKnown = try Bool.fetchOne(
            db, sql: "SELECT count(*) > 0 FROM slot WHERE flow = ? AND due = ? AND reason = ? AND state <> 'missed'",
            arguments: [start.flow, start.due.milliseconds, start.reason.rawValue]
        )
        if start.reason == .schedule, isKnown == true { return false }
        try db.execute(
            sql: """
                INSERT INTO slot (flow, due, reason, last, count, state, started, note) VALUES (?, ?, ?, ?, 1, 'started', ?, '')
                ON CONFLICT (flow, due, reason) DO UPDATE SET last = excluded.last, count = 1, state = 'started',
                  started = excluded.started, ended = NULL, note = ''
                """,
            arguments: [
                start.flow, start.due.milliseconds, start.reason.rawValue, start.due.milliseconds, now.milliseconds,
            ]
        )
        return true
    }

    package func end(_ start: SlotStart, note: String, at now: UTCInstant) throws {
        try db.execute(
            sql: "UPDATE slot SET state = 'ended', ended = ?, note = ? WHERE flow = ? AND due = ? AND reason = ?",
            arguments: [now.milliseconds, note, start.flow, start.due.milliseconds, start.reason.rawValue]
        )
    }

    /// Ends what a process left behind that is no more. Answers the slots, for their flows are to be looked after.
    package func endBroken(at now: UTCInstant) throws -> [Slot] {
        let broken = try reader.slots(in: .started)
        try db.execute(
            sql: "UPDATE slot SET state = 'ended', ended = ?, note = 'the program ended meanwhile' WHERE state = 'started'",
            arguments: [now.milliseconds]
        )
        return broken
    }

    /// Slots missed in a row for one reason are one row.
    package func miss(_ missed: MissedSlots) throws {
        try advanceCursor(flow: missed.flow, through: missed.last)
        let previous = try Row.fetchOne(
            db, sql: "SELECT * FROM slot WHERE flow = ? AND reason <> 'again' AND reason <> 'dated' ORDER BY due DESC LIMIT 1",
            arguments: [missed.flow]
        ).map(Slot.init)
        if let previous, previous.state == .missed, previous.reason == missed.reason.rawValue, previous.last < missed.first {
            try db.execute(
                sql: "UPDATE slot SET last = ?, count = count + ? WHERE flow = ? AND due = ? AND reason = ?",
                arguments: [
                    missed.last.milliseconds, missed.count, missed.flow, previous.due.milliseconds, missed.reason.rawValue,
                ]
            )
            return
        }
        try db.execute(
            sql: """
                INSERT INTO slot (flow, due, reason, last, count, state, note) VALUES (?, ?, ?, ?, ?, 'missed', '')
                ON CONFLICT DO NOTHING
                """,
            arguments: [
                missed.flow, missed.first.milliseconds, missed.reason.rawValue, missed.last.milliseconds, missed.count,
            ]
        )
    }

    /// Forgets slots that ended before `moment`.
    package func forgetSlots(before moment: UTCInstant) throws {
        try db.execute(sql: "DELETE FROM slot WHERE last < ? AND state <> 'started'", arguments: [moment.milliseconds])
    }
}

extension LedgerReader {
    package func cursor(flow: String) throws -> SlotCursor? {
        try Row.fetchOne(db, sql: "SELECT * FROM slot_cursor WHERE flow = ?", arguments: [flow]).map {
            SlotCursor(through: UTCInstant(milliseconds: $0["through"]), schedule: $0["schedule"])
        }
    }

    /// The latest slots, newest first.
    package func recentSlots(flow: String? = nil, limit: Int) throws -> [Slot] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM slot WHERE ? IS NULL OR flow = ? ORDER BY due DESC LIMIT ?", arguments: [flow, flow, limit]
        ).map(Slot.init)
    }

    package func slots(in state: Slot.State) throws -> [Slot] {
        try Row.fetchAll(db, sql: "SELECT * FROM slot WHERE state = ? ORDER BY due", arguments: [state.rawValue]).map(Slot.init)
    }

    /// The next moment at which values of the flow with a day of their own are due.
    package func nextDated(flow: String) throws -> UTCInstant? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT min(c.due) FROM run r JOIN planned_change c ON c.run = r.id
                WHERE r.flow = ? AND r.state = 'scheduled' AND c.due IS NOT NULL AND c.outcome = 'deferred'
                """,
            arguments: [flow]
        ).map { UTCInstant(milliseconds: $0) }
    }
}

extension Slot {
    init(_ row: Row) {
        self.init(
            flow: row["flow"], due: UTCInstant(milliseconds: row["due"]), reason: row["reason"],
            last: UTCInstant(milliseconds: row["last"]), count: row["count"], state: State(rawValue: row["state"]) ?? .missed,
            started: (row["started"] as Int64?).map { UTCInstant(milliseconds: $0) },
            ended: (row["ended"] as Int64?).map { UTCInstant(milliseconds: $0) }, note: row["note"]
        )
    }
}
