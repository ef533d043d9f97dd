import Domain
import Entities
import Foundation
import StateStore
import TestKit
import Testing

@testable import Engine

/// After every diagnostic there is, thrown while a file is planned: the file is set aside only where its own bytes are to blame, and a
/// newer good file is applied, or an open alarm names what it waits for.
struct BlameTests {
    private static let kinds: [FailureKind] = [.permanent, .transient]
    private static let codes = DiagnosticCatalogue.entries.keys.sorted()

    private static func world(_ code: String, _ kind: FailureKind) async throws -> World {
        let world = World()
        await world.shop.put("A", quantity: 1)
        await world.shop.throwOnLook(Diagnostic(code, "made by the test", fix: "nothing", kind: kind))
        try world.drop("old.csv", [World.line("A", "10")])
        return world
    }

    @Test(arguments: kinds)
    func `every diagnostic of the catalogue, once it is over, keeps no newer file from being applied, whatever its kind`(kind: FailureKind)
        async throws
    {
        for code in Self.codes {
            let world = try await Self.world(code, kind)
            let first = try? await world.run()
            // Bytes that our disk has lost come back by no waiting either: the file is set aside and asked for again.
            let isFinal = DiagnosticCatalogue.blame(of: code).isFinal || DiagnosticCatalogue.blame(of: code) == .copy
            let state = try world.ledger().read { try $0.run(1) }?.state
            #expect((state == .failed) == isFinal, "\(code) \(kind): \(String(describing: state))")
            #expect((first == nil) == !isFinal, "\(code) \(kind)")
            await world.shop.throwOnLook(nil)
            try world.drop("new.csv", [World.line("A", "20")])

            _ = try await world.run()

            #expect(await world.shop.quantity("A") == 20, "\(code) \(kind)")
            #expect(try world.ledger().read { try $0.openRuns() }.isEmpty, "\(code) \(kind)")
            // What is not the file's fault costs the file nothing: it was applied too, or found to be older.
            let runs = try world.ledger().read { try $0.recentRuns(limit: 10) }
            #expect(runs.filter { $0.state == .failed }.count == (isFinal ? 1 : 0), "\(code) \(kind)")
        }
    }

    @Test func `while the trouble lasts, an open alarm names it, for every diagnostic that is not the file's`() async throws {
        for code in Self.codes where !DiagnosticCatalogue.blame(of: code).isFinal && code != "FLOW-BUSY" && code != "LEASE-LOST" {
            let world = try await Self.world(code, .permanent)
            let runner = try world.runner(world.ledger())
            for _ in 0..<2 {
                do { try await world.run() } catch let trouble as Diagnostic {
                    try runner.note(trouble, of: "stock", SignalBoard(timeline: world.clock.timeline))
                }
                world.clock.advance(by: .seconds(3 * 3600))
            }
            try world.drop("new.csv", [World.line("A", "20")])

            let plan = WatchPlan(flows: [.init(name: "stock", endpoint: "erp")])
            let desk = AlarmDesk(ledger: try world.ledger(), timeline: world.clock.timeline)
            for _ in 0..<2 {
                try desk.look(plan)
                world.clock.advance(by: .seconds(3600))
            }
            let open = try world.ledger().read { try $0.alarms() }.filter { $0.opened != nil }
            #expect(open.contains { $0.text.contains(code) }, "\(code): \(open.map(\.text))")
        }
    }

    @Test func `F101 a person sets aside a run in every state that is open, and what is behind it is read`() async throws {
        // Planning: the shop refuses to be looked at.
        let planning = try await Self.world("SHOP-FORBIDDEN", .permanent)
        _ = try? await planning.run()
        let aside = try await planning.desk().discard(1, by: "ann")
        #expect(aside.run.state == .discarded)
        await planning.shop.throwOnLook(nil)
        try planning.drop("new.csv", [World.line("A", "20")])
        try await planning.run()
        #expect(await planning.shop.quantity("A") == 20)

        // Waiting: nothing is answered.
        let waiting = World()
        await waiting.shop.plan(.unavailable)
        try waiting.drop("old.csv", [World.line("A", "10")])
        #expect(try await waiting.run().state == .waiting)
        let ended = try await waiting.desk().discard(1, by: "ann")
        #expect(ended.run.state == .discarded)
        #expect(ended.run.verdict?.contains("1 records not applied") == true, "\(ended.run.verdict ?? "")")
        #expect(try waiting.unbalanced.isEmpty)

        // Held.
        let held = World()
        var knobs = World.Knobs()
        knobs.approval = .always
        try held.drop("old.csv", [World.line("A", "10")])
        #expect(try await held.run(knobs).state == .held)
        #expect(try await held.desk().discard(1, by: "ann").run.state == .discarded)

        // At its end: there is nothing to set aside.
        await #expect { try await held.desk().discard(1, by: "ann") } throws: { ($0 as? Diagnostic)?.code == "RUN-NOT-OPEN" }
    }
}
