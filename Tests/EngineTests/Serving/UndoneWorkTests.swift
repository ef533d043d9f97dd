import Domain
import Endpoints
import StateStore
import TestKit
import Testing

@testable import Engine

/// Whatever is undone for longer than its flow's deadline is an alarm with a way out, and the alarm ends when it is done.
struct UndoneWorkTests {
    private let folder = TemporaryFolder()
    private let clock = ManualTimeline()
    private let ledger: Ledger
    private let desk: AlarmDesk
    private var plan = WatchPlan(flows: [WatchPlan.WatchedFlow(name: "stock"), WatchPlan.WatchedFlow(name: "orders", carriesEvents: true)])

    init() throws {
        ledger = try Ledger(path: "\(folder.path)/ledger.db")
        desk = AlarmDesk(ledger: ledger, timeline: clock.timeline)
    }

    private var now: UTCInstant { clock.timeline.now() }

    /// The alarms that are open after everything has waited for a day, before that none may be.
    private func waitForAlarms(_ hours: Int = 30) throws -> [AlarmBook.Entry] {
        for _ in 0..<hours {
            try desk.look(plan)
            clock.advance(by: .seconds(3600))
        }
        try desk.look(plan)
        return try desk.view(plan)
    }

    /// Of the one thing that is undone: told, with a name and a way out, and over once it is done.
    private func expect(_ alarms: [AlarmBook.Entry], _ codes: [AlarmCode], naming name: String, whenDone settle: () throws -> Void) throws {
        let told = alarms.filter { codes.contains($0.key.code) }
        #expect(!told.isEmpty, "\(alarms)")
        #expect(told.contains { $0.text.contains(name) }, "\(told.map(\.text))")
        #expect(told.allSatisfy { $0.key.code.definition.fix.contains("`tallyman") || $0.text.contains("`tallyman") })
        try settle()
        try desk.look(plan)
        #expect(try desk.view(plan).filter { codes.contains($0.key.code) } == [])
    }

    @Test func `I2 where nothing is undone there is no alarm, however long that lasts`() throws {
        #expect(try waitForAlarms() == [])
    }

    @Test(arguments: FileDrop.State.allCases.filter { !$0.isFinal })
    func `I2 a file in a state that is no end is an alarm, whatever the state`(_ state: FileDrop.State) throws {
        let file = RemoteFile(name: Array("in.csv".utf8), size: 5, modified: now, kind: .regular)
        let drop = try ledger.write { writer in
            let drop = try writer.look(at: file, flow: "stock", folder: "out", now: now) { _ in "" }
            try writer.set(drop: drop.id, to: state)
            return drop
        }
        try expect(try waitForAlarms(), [.workUndone, .fileStuck], naming: "in.csv") {
            try ledger.write { try $0.set(drop: drop.id, to: .done) }
        }
    }

    @Test(arguments: [Run.State.planning, .held, .approved, .applying, .waiting], ["stock", "a flow of last year"])
    func `I2 a run that is not at its end is an alarm, whatever its state, also of a flow that the settings no longer have`(
        _ state: Run.State, _ flow: String
    ) throws {
        let run = try ledger.write { writer in
            let run = try writer.startRun(flow: flow, delivery: nil, cause: "test", at: now)
            try writer.set(run: run.id, to: state, verdict: "because", at: now)
            return run
        }
        try expect(try waitForAlarms(), [.workUndone, .runWaiting, .planHeld], naming: "run \(run.id)") {
            try ledger.write { try $0.set(run: run.id, to: .finished, verdict: "done", at: now) }
        }
    }

    @Test func `I2 a document that is ready and does not leave is an alarm, with its number`() throws {
        let observation = DocumentSighting(place: 1, identity: RecordKey("100000001"), modified: now, readiness: .ready)
        _ = try ledger.write { try $0.note([observation], flow: "orders", at: now) }
        try expect(try waitForAlarms(), [.workUndone, .ordersLate], naming: "100000001") {
            var withdrawn = observation
            withdrawn.readiness = .withdrawn("cancelled")
            _ = try ledger.write { try $0.note([withdrawn], flow: "orders", at: now) }
        }
    }

    @Test(arguments: [Consignment.State.held] + PlacementStage.allCases.filter { $0 != .placed }.map { .moving($0) })
    func `I2 a file of ours that does not come to its place is an alarm, whatever its stage`(_ state: Consignment.State) throws {
        let consignment = try ledger.write { writer in
            let run = try writer.startRun(flow: "orders", delivery: nil, cause: "test", at: now)
            try writer.set(run: run.id, to: .finished, verdict: "forgotten", at: now)
            return try writer.add(
                consignment: 1, flow: "orders", run: run.id, entity: "orders", folder: "in", name: "ORD_1.csv",
                hash: ContentHash(digest: [UInt8](repeating: 7, count: 32)), size: 5, documents: 1, state: state, at: now)
        }
        try expect(try waitForAlarms(), [.workUndone], naming: "ORD_1.csv") {
            try ledger.write { try $0.setPlaced(consignment, evidence: "there", due: nil, at: now) }
        }
    }

    @Test func `I2 a rejected record of an event is an alarm at the flow's deadline, one of a figure where the settings say when`() throws {
        func reject(_ flow: String) throws -> Int64 {
            try ledger.write { writer in
                let run = try writer.startRun(flow: flow, delivery: nil, cause: "test", at: now)
                try writer.set(tally: Tally(read: 1, counts: [.rejected: 1]), run: run.id, entity: "rows")
                let reason = RejectReason("TEST", "bad", fix: "mend it")
                try writer.add(
                    RecordVerdict(
                        outcome: .rejected, origin: RecordOrigin(number: 1, line: 2, offset: 0, length: 0), key: RecordKey("A"), reason: reason,
                        original: nil), run: run.id, entity: "rows")
                try writer.set(run: run.id, to: .finished, verdict: "done", at: now)
                return run.id
            }
        }
        _ = try (reject("stock"), reject("orders"))
        let early = try waitForAlarms(6).map(\.key.subject)
        var plan = plan
        plan.limits.errors = .seconds(24 * 3600)
        for _ in 0..<30 { clock.advance(by: .seconds(3600)) }
        try desk.look(plan)
        let late = try desk.view(plan)

        #expect(early == ["orders/records"])
        try expect(late.filter { $0.key.code == .workUndone }, [.workUndone], naming: "error 1") {
            try ledger.write { writer in
                let errors = try writer.reader.errors(limit: 10).map(\.id)
                _ = try writer.close(errors: errors, as: .dismissed, by: nil)
            }
        }
    }

    @Test(arguments: ["SETTINGS-INVALID", "SPOOL-FAILED", "WHATEVER-NEW"])
    func `I2 a flow whose every call comes to nothing is an alarm, also where nobody knows the reason`(_ code: String) throws {
        let runner = FlowRunner(
            ledger: ledger, spool: try Spool(folder: "\(folder.path)/spool", timeline: clock.timeline), workFolder: folder.path,
            timeline: clock.timeline, holder: LeaseHolder(name: "test", isAlive: { _ in false }))
        let board = SignalBoard(timeline: clock.timeline)
        for _ in 0..<8 {
            try runner.note(Diagnostic(code, "this went wrong", fix: "mend it"), of: "stock", board)
            clock.advance(by: .seconds(3600))
        }
        try expect(try waitForAlarms(1), [.workUndone], naming: code) { try runner.note(nil, of: "stock", board) }
    }

    @Test func `I2 a flow that another process never lets go of is an alarm`() throws {
        let runner = FlowRunner(
            ledger: ledger, spool: try Spool(folder: "\(folder.path)/spool", timeline: clock.timeline), workFolder: folder.path,
            timeline: clock.timeline, holder: LeaseHolder(name: "test", isAlive: { _ in false }))
        let board = SignalBoard(timeline: clock.timeline)
        for _ in 0..<8 {
            try runner.note(Diagnostic("FLOW-BUSY", "busy", fix: "wait", kind: .transient), of: "stock", board)
            clock.advance(by: .seconds(3600))
        }
        try expect(try waitForAlarms(1), [.workUndone], naming: "another process") { try runner.note(nil, of: "stock", board) }
    }

    @Test func `I2 an erasure that a reader keeps from the file is an alarm until it is done`() throws {
        try ledger.write { try $0.noteUnclean(at: now) }
        try expect(try waitForAlarms(1), [.erasureOpen], naming: "erased") {
            let isClean = try ledger.scrub()
            #expect(isClean)
        }
    }
}
