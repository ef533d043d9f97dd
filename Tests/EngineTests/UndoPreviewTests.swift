import Domain
import StateStore
import TestKit
import Testing

@testable import Engine

/// What a person sees before a run is taken back, and a value that is sent once more.
struct UndoPreviewTests {
    /// A run of four records, of which a later one has overtaken one and one had no value before.
    private static func applied() async throws -> DatedWorld {
        let dated = DatedWorld(["A": "1", "B": "2", "C": "3"])
        try dated.drop("a.csv", ["A,10", "B,20", "C,30", "D,40"])
        try await dated.run()
        try dated.drop("b.csv", ["A,11", "B,20", "C,30", "D,40"])
        try await dated.run()
        return dated
    }

    private static func preview(_ dated: DatedWorld, _ run: Int64 = 1) throws -> UndoCount {
        var count = UndoCount()
        let definitions = try dated.flow(.init()).entities.map(\.definition)
        try dated.world.ledger().read { try OperatorDesk.previewRollback(run, entities: nil, definitions: definitions, $0) { count.add($0) } }
        return count
    }

    private static func order(_ dated: DatedWorld, _ action: Instruction.Action, _ subject: Instruction.Subject, seen: String) throws -> Int64 {
        try dated.world.ledger().write { writer in
            try writer.order(
                Instruction(
                    token: "\(action) \(seen)", at: dated.world.clock.timeline.now(), who: "ann (console, 10.0.0.7)", action: action, flow: "figures",
                    subject: subject, seen: seen, because: "the wrong list"))
        }
    }

    private static func carryOut(_ dated: DatedWorld) async throws -> [Instruction] {
        let flow = try dated.flow(.init())
        let means = InstructionDesk.Means { order, _, desk in
            switch order.subject {
            case .undo(let run, let entities):
                [try await desk.rollback(run, entities: Set(entities), of: flow, by: order.who, because: order.because)]
            case .value(let entity, let key): [try await desk.resync(key, entity: entity, of: flow, by: order.who, because: order.because)]
            case _: []
            }
        } resume: { _ in
            _ = try await dated.run()
        }
        return try await InstructionDesk(desk: try dated.world.desk(), means: means).carryOut(flow: "figures")
    }

    @Test func `the three numbers of a preview are those of the run that follows, and nothing is written by looking`() async throws {
        let dated = try await Self.applied()
        let before = try dated.world.ledger().read { (try $0.recentRuns(limit: 10).count, try $0.audit(limit: 10).count) }

        let seen = try Self.preview(dated)

        #expect((seen.returned, seen.newer, seen.unknown) == (2, 1, 1))
        #expect(try dated.world.ledger().read { (try $0.recentRuns(limit: 10).count, try $0.audit(limit: 10).count) } == before)
        let id = try Self.order(dated, .rollback, .undo(1, entities: ["figures"]), seen: seen.text)
        let done = try await Self.carryOut(dated)
        #expect(done.map(\.state) == [.done], "\(done.map(\.text))")
        let run = try #require(try dated.world.ledger().read { try $0.instruction(id)?.run })
        #expect(try dated.world.ledger().read { try $0.undoCount(run: run) } == seen)
        #expect(await dated.shop.figures == ["A": "11", "B": "2", "C": "3", "D": "40"])
        let entry = try #require(try dated.world.ledger().read { try $0.audit(limit: 1).first })
        #expect((entry.action, entry.detail) == ("rollback", "the wrong list"))
        #expect(try dated.world.ledger().read { try $0.makers(of: run) } == ["ann (console, 10.0.0.7)"])
        #expect(try dated.world.unbalanced.isEmpty)
    }

    @Test func `a rollback whose numbers are not those that were shown is refused, and nothing is done`() async throws {
        let dated = try await Self.applied()
        let seen = try Self.preview(dated)
        try dated.drop("c.csv", ["A,11", "B,21", "C,30", "D,40"])
        try await dated.run()
        let figures = await dated.shop.figures
        _ = try Self.order(dated, .rollback, .undo(1, entities: ["figures"]), seen: seen.text)

        let done = try await Self.carryOut(dated)

        #expect(done.map(\.state) == [.refused])
        #expect(done.first?.text?.hasPrefix("CONSOLE-STALE") == true)
        #expect(await dated.shop.figures == figures)
        #expect(try dated.world.ledger().read { try $0.runs(undoing: 1).isEmpty && $0.audit(limit: 5).isEmpty })
    }

    @Test func `a value that went out well is sent once more, over whatever the shop holds, and once only`() async throws {
        for held in ["10", "99"] {
            let dated = DatedWorld(["A": "1", "B": "2"])
            try dated.drop("a.csv", ["A,10", "B,20"])
            try await dated.run()
            await dated.shop.set("A", held)
            let id = try Self.order(dated, .resync, .value(entity: "figures", RecordKey("A")), seen: "")

            let done = try await Self.carryOut(dated)

            #expect(done.map(\.state) == [.done], "\(done.map(\.text))")
            #expect(await dated.shop.figures == ["A": "10", "B": "20"])
            let run = try #require(try dated.world.ledger().read { try $0.instruction(id)?.run })
            let changes = try dated.world.ledger().read { try $0.changes(run: run, limit: 10) }
            #expect(changes.map { ($0.change.key.text) } == ["A"])
            #expect(changes.first?.outcome == .applied)
            #expect(changes.first?.evidence.contains("the wrong list") == true)
            #expect(try dated.world.ledger().read { try $0.audit(limit: 1).first?.action } == "resync")
            #expect(try await Self.carryOut(dated).isEmpty)
            #expect(try dated.world.unbalanced.isEmpty)
            // The next file is planned as ever: what it says and the shop has is unchanged.
            try dated.drop("b.csv", ["A,10", "B,21"])
            let next = try await dated.run()
            #expect(next.runs.last?.tallies.first?.tally == Tally(read: 2, counts: [.applied: 1, .unchanged: 1]))
        }
    }

    @Test func `what the books do not hold, or the shop does not have, is not sent again`() async throws {
        let dated = DatedWorld(["A": "1"])
        try dated.drop("a.csv", ["A,10"])
        try await dated.run()
        _ = try Self.order(dated, .resync, .value(entity: "figures", RecordKey("NONE")), seen: "1")
        _ = try Self.order(dated, .resync, .value(entity: "weights", RecordKey("A")), seen: "2")

        let done = try await Self.carryOut(dated)

        #expect(done.map(\.state) == [.refused, .refused])
        #expect(done.allSatisfy { $0.text?.hasPrefix("VALUE-UNKNOWN") == true })
    }

    @Test func `a value that is sent again closes no error of its key and makes no data younger`() async throws {
        let dated = DatedWorld(["A": "1", "B": "2"])
        var knobs = DatedWorld.Knobs()
        knobs.gates.rejected = nil
        try dated.drop("a.csv", ["A,10", "B,20"])
        try await dated.run(knobs)
        try dated.drop("b.csv", ["A,x", "B,21"])
        try await dated.run(knobs)
        let waiting = try dated.world.errors()
        #expect(waiting.count == 1)
        let marks = try dated.world.ledger().read { try $0.watermarks(flow: "figures").map(\.version) }
        _ = try Self.order(dated, .resync, .value(entity: "figures", RecordKey("A")), seen: "")

        #expect(try await Self.carryOut(dated).map(\.state) == [.done])

        #expect(try dated.world.errors().map(\.id) == waiting.map(\.id))
        #expect(try dated.world.ledger().read { try $0.watermarks(flow: "figures").map(\.version) } == marks)
    }

    @Test func `whoever corrected a record or ordered its retry is a maker of the run, also of a record that came again`() async throws {
        let dated = DatedWorld(["A": "1"])
        var knobs = DatedWorld.Knobs()
        knobs.gates.rejected = nil
        let flow = try dated.flow(knobs)
        try dated.drop("a.csv", ["A,x"])
        try await dated.run(knobs)
        let first = try #require(try dated.world.errors().first)
        try dated.world.desk().edit(first.id, to: Array("A,7,,\r\n".utf8), flow.profile, timeZone: "Europe/London", by: "ann (console, 10.0.0.7)")
        // The same record, rejected for the same reason, keeps the correction and who made it.
        try dated.drop("b.csv", ["A,x"])
        try await dated.run(knobs)
        let again = try #require(try dated.world.errors().first)
        #expect(again.edited != nil)

        let report = try #require(try await dated.world.desk().retry([again.id], of: flow, by: "ben").first)

        #expect(try dated.world.ledger().read { try $0.makers(of: report.run.id) } == ["ann (console, 10.0.0.7)", "ben"])
        #expect(await dated.shop.figure("A") == "7")
    }
}
