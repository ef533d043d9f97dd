package import Domain
import Foundation
import GRDB

extension LedgerWriter {
    /// Enters an order. The same form sent again enters nothing: the answer is the number of the first.
    package func order(_ instruction: Instruction) throws -> Int64 {
        if let known = try reader.instruction(token: instruction.token) { return known.id }
        try db.execute(
            sql: """
                INSERT INTO instruction (token, at, who, action, flow, subject, seen, because, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting')
                """,
            arguments: [
                instruction.token, instruction.at.milliseconds, instruction.who, instruction.action.rawValue, instruction.flow,
                try SubjectText.encode(instruction.subject), instruction.seen, instruction.because,
            ])
        return db.lastInsertedRowID
    }

    /// Takes the oldest open order of a flow. Whoever holds the flow's orders asks, so one that is taken already was left by a process that
    /// has died. One that was put back rests for so long before it is tried again: a shop that is away is not asked every second.
    package func takeInstruction(flow: String, at now: UTCInstant, rest: Duration = .zero) throws -> Instruction? {
        guard let found = try reader.openInstructions(flow: flow).first else { return nil }
        guard found.state == .waiting || found.state == .taken else { return found }
        if found.state == .waiting, let last = found.taken, last <= now, now.since(last) < rest { return nil }
        try db.execute(
            sql: "UPDATE instruction SET state = 'taken', taken = ? WHERE id = ?", arguments: [now.milliseconds, found.id])
        return found
    }

    /// In the transaction of the decision itself. Throws `INSTRUCTION-CLOSED` where it was withdrawn or decided meanwhile, so that nothing of the
    /// decision happens.
    ///
    /// `run` is the one that it made or moved on; `nil` where none has begun.
    package func decide(instruction id: Int64, run: Int64?) throws {
        try db.execute(sql: "UPDATE instruction SET state = 'decided', run = ? WHERE id = ? AND state = 'taken'", arguments: [run, id])
        guard db.changesCount == 1 else {
            throw Diagnostic("INSTRUCTION-CLOSED", "order \(id) is closed", fix: "nothing was done; look at the order's page")
        }
    }

    package func end(instruction id: Int64, as state: Instruction.State, _ text: String, at now: UTCInstant) throws {
        try db.execute(
            sql: "UPDATE instruction SET state = ?, text = ?, ended = ? WHERE id = ? AND state IN ('waiting', 'taken', 'decided')",
            arguments: [state.rawValue, text, now.milliseconds, id])
    }

    /// Lets an order wait on: the flow was at work, or the shop away. Nothing of it was done.
    package func putBack(instruction id: Int64, _ text: String) throws {
        try db.execute(sql: "UPDATE instruction SET state = 'waiting', text = ? WHERE id = ? AND state = 'taken'", arguments: [text, id])
    }

    /// Answers whether it still waited.
    package func withdraw(instruction id: Int64, at now: UTCInstant) throws -> Bool {
        try db.execute(
            sql: "UPDATE instruction SET state = 'withdrawn', ended = ? WHERE id = ? AND state = 'waiting'", arguments: [now.milliseconds, id])
        return db.changesCount == 1
    }

    package func forgetInstructions(endedBefore moment: UTCInstant) throws {
        try db.execute(sql: "DELETE FROM instruction WHERE ended < ?", arguments: [moment.milliseconds])
    }
}

extension LedgerReader {
    package func instruction(_ id: Int64) throws -> Instruction? {
        try Row.fetchOne(db, sql: "SELECT * FROM instruction WHERE id = ?", arguments: [id]).flatMap(Instruction.init)
    }

    package func instruction(token: String) throws -> Instruction? {
        try Row.fetchOne(db, sql: "SELECT * FROM instruction WHERE token = ?", arguments: [token]).flatMap(Instruction.init)
    }

    /// Orders that are not at an end, oldest first. Reads an index that is empty nearly always.
    package func openInstructions(flow: String? = nil) throws -> [Instruction] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM instruction INDEXED BY instruction_open
                WHERE state IN ('waiting', 'taken', 'decided') AND (?1 IS NULL OR flow = ?1) ORDER BY id
                """,
            arguments: [flow]
        ).compactMap(Instruction.init)
    }

    /// The latest orders, newest first.
    package func instructions(limit: Int) throws -> [Instruction] {
        try Row.fetchAll(db, sql: "SELECT * FROM instruction ORDER BY id DESC LIMIT ?", arguments: [limit]).compactMap(Instruction.init)
    }

    /// The orders that made or moved a run.
    package func instructions(run: Int64) throws -> [Instruction] {
        try Row.fetchAll(db, sql: "SELECT * FROM instruction WHERE run = ? ORDER BY id", arguments: [run]).compactMap(Instruction.init)
    }

    /// What a person who decides on a held run has seen: it differs where the run was decided, planned anew or held for something else since.
    package func decisionMark(run id: Int64) throws -> String {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT r.state AS run_state, p.entity, p.state, p.version, p.first_change, p.last_change, p.summary, p.findings
                FROM run r LEFT JOIN plan p ON p.run = r.id WHERE r.id = ? ORDER BY p.entity
                """,
            arguments: [id])
        let text = rows.map { row in row.databaseValues.map { "\($0)" }.joined(separator: "|") }.joined(separator: "\n")
        return String(StableHash.of(text.utf8), radix: 16)
    }
}

extension Instruction {
    init?(_ row: Row) {
        guard let action = Action(rawValue: row["action"]), let state = State(rawValue: row["state"]),
            let subject = SubjectText.decode(row["subject"])
        else { return nil }
        self.init(
            token: row["token"], at: UTCInstant(milliseconds: row["at"]), who: row["who"], action: action, flow: row["flow"], subject: subject,
            seen: row["seen"], because: row["because"])
        id = row["id"]
        self.state = state
        taken = (row["taken"] as Int64?).map { UTCInstant(milliseconds: $0) }
        ended = (row["ended"] as Int64?).map { UTCInstant(milliseconds: $0) }
        text = row["text"]
        run = row["run"]
    }
}
