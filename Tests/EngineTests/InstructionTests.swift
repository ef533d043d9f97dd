import Domain
import Entities
import Foundation
import StateStore
import TestKit
import Testing

@testable import Engine

/// Orders of people in the console, and how they are carried out.
struct InstructionTests {
    /// A world with rejected records that wait, and means as a service has them.
    private struct Waiting {
        let world = World()
        let knobs: World.Knobs

        init(bad: [String]) async throws {
            var knobs = World.Knobs()
            knobs.gates.rejected = nil
            self.knobs = knobs
            try world.drop("a.csv", [World.line("GOOD", "10")] + bad.map { World.line($0, "12O") })
            try await world.run(knobs)
        }

        var ledger: Ledger { get throws { try world.ledger() } }

        func correct(_ error: QueuedError, to quantity: String) throws {
            let line = World.line(error.verdict.key?.text ?? "", quantity)
            try world.desk().edit(error.id, to: Array(line.utf8), world.flow(knobs).profile, timeZone: "Europe/London", by: "ann")
        }

        func order(_ action: Instruction.Action, _ subject: Instruction.Subject, token: String, seen: String = "", flow: String = "stock") throws
            -> Int64
        {
            try ledger.write(.operators) { writer in
                try writer.order(
                    Instruction(
                        token: token, at: world.clock.timeline.now(), who: "ann (console, 10.0.0.7)", action: action, flow: flow, subject: subject,
                        seen: seen, because: "checked with the ERP"))
            }
        }

        func carryOut(isAlive: Bool = false, rest: Duration = .zero) async throws -> [Instruction] {
            let flow = try world.flow(knobs)
            let means = InstructionDesk.Means { order, errors, desk in
                switch (order.action, order.subject) {
                case (.approve, .run(let run)): [try await desk.approve(run, of: flow, by: order.who, because: order.because)]
                case (.discard, .run(let run)): [try await desk.discard(run, by: order.who)]
                case _: try await desk.retry(errors, of: flow, by: order.who)
                }
            } resume: { _ in
                _ = try await world.run(knobs)
            }
            return try await InstructionDesk(desk: try world.desk(isAlive: isAlive), means: means).carryOut(flow: "stock", rest: rest)
        }

        func state(_ id: Int64) throws -> Instruction? { try ledger.read { try $0.instruction(id) } }
    }

    @Test(arguments: [true, false])
    func `an order whose file the disk has lost or damaged fails with what to do, and waits for nobody`(_ isDamaged: Bool) async throws {
        let waiting = try await Waiting(bad: ["A"])
        let error = try #require(waiting.world.errors().first)
        try waiting.correct(error, to: "12")
        let spool = "\(waiting.world.folder)/state/spool"
        for name in try FileManager.default.contentsOfDirectory(atPath: spool) {
            try isDamaged
                ? Data("x".utf8).write(to: URL(fileURLWithPath: "\(spool)/\(name)")) : FileManager.default.removeItem(atPath: "\(spool)/\(name)")
        }
        let id = try waiting.order(.retry, .errors([error.id]), token: "one")
        let ended = try await waiting.carryOut()

        #expect(ended.map(\.state) == [.failed] && ended.first?.text?.contains("backup of the spool") == true, "\(ended)")
        #expect(try waiting.state(id)?.state == .failed)
        #expect(try waiting.world.errors().map(\.edited) == [Array(World.line("A", "12").utf8)], "the record and its correction wait on")
    }

    @Test func `an order to retry a corrected record is carried out once, and is on record with its decision (J3)`() async throws {
        let waiting = try await Waiting(bad: ["A"])
        let error = try #require(try waiting.world.errors().first)
        try waiting.correct(error, to: "120")
        let id = try waiting.order(.retry, .errors([error.id]), token: "one")

        let done = try await waiting.carryOut()

        #expect(done.map(\.state) == [.done])
        #expect(done.first?.text?.contains("1 applied") == true)
        #expect(await waiting.world.shop.quantity("A") == 120)
        #expect(try waiting.world.errors().isEmpty)
        #expect(try waiting.ledger.read { try $0.audit(limit: 10) }.map(\.action) == ["retry", "edit"])
        #expect(try waiting.state(id)?.run == waiting.ledger.read { try $0.recentRuns(limit: 1).first?.id })
        #expect(try await waiting.carryOut().isEmpty)
    }

    @Test func `the same form sent twenty times is one order and one run (J4)`() async throws {
        let waiting = try await Waiting(bad: ["A"])
        let error = try #require(try waiting.world.errors().first)
        try waiting.correct(error, to: "120")
        let ids = try (0..<20).map { _ in try waiting.order(.retry, .errors([error.id]), token: "same") }
        #expect(Set(ids).count == 1)
        let runs = try waiting.ledger.read { try $0.recentRuns(limit: 100).count }
        _ = try await waiting.carryOut()
        #expect(try waiting.ledger.read { try $0.recentRuns(limit: 100).count } == runs + 1)
    }

    @Test func `what was rejected after the click is not in the retry, and waits on`() async throws {
        let waiting = try await Waiting(bad: ["A", "B"])
        let cause = try #require(try waiting.ledger.read { try $0.causes().first })
        #expect(cause.count == 2)
        for error in try waiting.world.errors() { try waiting.correct(error, to: "7") }
        _ = try waiting.order(.retry, .cause(cause.key, through: cause.highest), token: "bulk", seen: "2")
        try waiting.world.drop("b.csv", [World.line("GOOD", "10"), World.line("LATE", "1O"), World.line("A", "12O"), World.line("B", "12O")])
        try await waiting.world.run(waiting.knobs)

        let done = try await waiting.carryOut()

        #expect(done.map(\.state) == [.done])
        #expect(try waiting.world.errors().contains { $0.verdict.key?.text == "LATE" })
        #expect(try waiting.world.unbalanced.isEmpty)
    }

    @Test func `an order whose records were settled meanwhile does nothing and says so`() async throws {
        let waiting = try await Waiting(bad: ["A"])
        let error = try #require(try waiting.world.errors().first)
        let id = try waiting.order(.retry, .errors([error.id]), token: "one")
        _ = try waiting.world.desk().dismiss([error.id], by: "ben", because: "gone")
        let runs = try waiting.ledger.read { try $0.recentRuns(limit: 100).count }
        _ = try await waiting.carryOut()
        #expect(try waiting.state(id)?.state == .done)
        #expect(try waiting.state(id)?.text == "none of the records waits any more")
        #expect(try waiting.ledger.read { try $0.recentRuns(limit: 100).count } == runs)
    }

    private func held() async throws -> (Waiting, Int64) {
        let waiting = try await Waiting(bad: [])
        try waiting.world.drop("b.csv", [World.line("GOOD", "0")])
        let run = try #require(try await waiting.world.run(waiting.knobs).runs.first?.run)
        #expect(run.state == .held)
        return (waiting, run.id)
    }

    @Test func `an approval of what was shown is applied, with the reason on record`() async throws {
        let (waiting, run) = try await held()
        let seen = try waiting.ledger.read { try $0.decisionMark(run: run) }
        let id = try waiting.order(.approve, .run(run), token: "a", seen: seen)
        _ = try await waiting.carryOut()
        #expect(try waiting.state(id)?.state == .done)
        #expect(await waiting.world.shop.quantity("GOOD") == 0)
        let entry = try #require(try waiting.ledger.read { try $0.audit(limit: 1) }.first)
        #expect((entry.action, entry.who, entry.detail) == ("approve", "ann (console, 10.0.0.7)", "checked with the ERP"))
    }

    @Test func `an approval of a run that was discarded or held anew meanwhile is refused, and nothing is sent`() async throws {
        let (waiting, run) = try await held()
        let seen = try waiting.ledger.read { try $0.decisionMark(run: run) }
        let writes = await waiting.world.shop.writes.count
        let stale = try waiting.order(.approve, .run(run), token: "a", seen: "what was shown before")
        _ = try await waiting.carryOut()
        #expect(try waiting.state(stale)?.state == .refused)
        #expect(try waiting.state(stale)?.text?.hasPrefix("CONSOLE-STALE") == true)
        #expect(try waiting.ledger.read { try $0.run(run)?.state } == .held)
        let late = try waiting.order(.approve, .run(run), token: "b", seen: seen)
        _ = try await waiting.world.desk().discard(run, by: "ben")
        _ = try await waiting.carryOut()
        #expect(try waiting.state(late)?.state == .refused)
        #expect(await waiting.world.shop.writes.count == writes)
    }

    @Test func `a discarding is carried out once, and one that was withdrawn is not`() async throws {
        let (waiting, run) = try await held()
        let seen = try waiting.ledger.read { try $0.decisionMark(run: run) }
        let withdrawn = try waiting.order(.discard, .run(run), token: "a", seen: seen)
        #expect(try waiting.ledger.write(.operators) { try $0.withdraw(instruction: withdrawn, at: waiting.world.clock.timeline.now()) })
        _ = try await waiting.carryOut()
        #expect(try waiting.ledger.read { try $0.run(run)?.state } == .held)
        let id = try waiting.order(.discard, .run(run), token: "b", seen: seen)
        _ = try await waiting.carryOut()
        #expect(try waiting.state(id)?.state == .done)
        #expect(try waiting.ledger.read { try $0.run(run)?.state } == .discarded)
        #expect(try waiting.world.unbalanced.isEmpty)
    }

    @Test func `while the flow is at work in another process an order waits, and is carried out afterwards`() async throws {
        let waiting = try await Waiting(bad: ["A"])
        let error = try #require(try waiting.world.errors().first)
        try waiting.correct(error, to: "120")
        let id = try waiting.order(.retry, .errors([error.id]), token: "one")
        let holder = LeaseHolder(name: "another process") { _ in true }
        let kept = try #require(try await holder.take("stock", of: try waiting.ledger, timeline: waiting.world.clock.timeline))
        _ = try await waiting.carryOut(isAlive: true)
        #expect(try waiting.state(id)?.state == .waiting)
        #expect(try waiting.state(id)?.text?.hasPrefix("FLOW-BUSY") == true)
        try kept.end()
        // A service lets it rest before it tries again; a person who calls does not wait.
        _ = try await waiting.carryOut(rest: .seconds(60))
        #expect(try waiting.state(id)?.state == .waiting)
        _ = try await waiting.carryOut()
        #expect(try waiting.state(id)?.state == .done)
    }
}
