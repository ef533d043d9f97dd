import Domain
import Endpoints
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Engine

/// Products in stock that nobody can buy are found, mended where that helps, and told where it does not.
struct SaleReconcilerTests {
    /// A shelf on which some keys are denied, so many looks long after they were sent once more.
    private final class Shelf: SaleWatch {
        private let state: Mutex<(denied: [RecordKey: Int], renewed: [[RecordKey]], looks: Int)>

        init(denied: [String: Int]) { state = Mutex((Dictionary(uniqueKeysWithValues: denied.map { (RecordKey($0.key), $0.value) }), [], 0)) }

        var renewed: [[RecordKey]] { state.withLock { $0.renewed } }
        var looks: Int { state.withLock { $0.looks } }

        func look(at held: [RecordKey: EncodedValue]) async throws -> SaleSighting {
            state.withLock { state in
                state.looks += 1
                let denied = held.keys.filter { state.denied[$0] != nil }.sorted()
                for key in denied where state.renewed.joined().contains(key) {
                    state.denied[key] = state.denied[key].flatMap { $0 > 0 ? $0 - 1 : nil }
                }
                return SaleSighting(stocked: held.count, denied: denied)
            }
        }

        func oversold() async throws -> [RecordKey: ExactDecimal] { [RecordKey("S-9"): 2] }

        func renew(_ keys: [RecordKey]) async throws { state.withLock { $0.renewed.append(keys) } }
    }

    private static func applied(_ count: Int = 5) async throws -> World {
        let world = World()
        for number in 0..<count { await world.shop.put("S-\(number)", quantity: 0) }
        try world.drop("a.csv", (0..<count).map { World.line("S-\($0)", "7") })
        try await world.run()
        return world
    }

    private static func flow(_ world: World, _ shelf: Shelf) throws -> Flow {
        var flow = try world.flow(World.Knobs())
        flow.entities[0].sale = shelf
        return flow
    }

    private static func reconcile(
        _ world: World, _ shelf: Shelf, _ scope: Reconciler.Scope = .all, _ sequel: SaleReconciler.Sequel = .mend
    ) async throws -> SaleReconciler.Result? {
        try await SaleReconciler(runner: world.runner(world.ledger())).reconcile(flow(world, shelf), scope: scope, sequel: sequel)
    }

    @Test func `C160 what can be mended is, what cannot is told, and the shop is given time to index`() async throws {
        let world = try await Self.applied()
        let shelf = Shelf(denied: ["S-1": 0, "S-2": 1, "S-3": 99])

        let found = try #require(try await Self.reconcile(world, shelf))

        #expect(
            found == .init(stocked: 5, mended: [RecordKey("S-1"), RecordKey("S-2")], denied: [RecordKey("S-3")], oversold: [RecordKey("S-9"): 2]))
        #expect(shelf.renewed == [["S-1", "S-2", "S-3"].map { RecordKey($0) }])
        #expect(world.clock.slept == SaleReconciler.patience.filter { $0 > .zero })
    }

    @Test func `without leave to mend nothing is sent, and off asks nothing`() async throws {
        let world = try await Self.applied()
        let shelf = Shelf(denied: ["S-1": 0])

        let off = try await Self.reconcile(world, shelf, .all, .off)
        let looks = shelf.looks
        let found = try await Self.reconcile(world, shelf, .all, .report)

        #expect(off == nil && looks == 0)
        #expect(found?.denied == [RecordKey("S-1")] && found?.mended.isEmpty == true && shelf.renewed.isEmpty)
    }

    @Test func `a sample looks at so many, and all of them in portions`() async throws {
        let world = try await Self.applied(1200)
        let shelf = Shelf(denied: ["S-1100": 0])

        let part = try await Self.reconcile(world, shelf, .sample(20))
        let partLooks = shelf.looks
        let all = try await Self.reconcile(world, shelf)

        #expect((10...20).contains(part?.stocked ?? 0) && partLooks <= 2)
        #expect(all?.stocked == 1200 && all?.mended == [RecordKey("S-1100")] && shelf.looks >= partLooks + 3)
    }

    @Test func `H1 while a run has the flow in hand nothing is looked at and nothing sent`() async throws {
        let world = try await Self.applied()
        let shelf = Shelf(denied: ["S-1": 0])
        let ledger = try world.ledger()
        let other = LeaseRequest(flow: "stock", holder: "other", clock: "one", terms: LeaseTerms()) { _ in .alive }
        _ = try ledger.takeLease(other, timeline: world.clock.timeline)
        let runner = FlowRunner(
            ledger: ledger, spool: try Spool(folder: "\(world.folder)/state/spool", timeline: world.clock.timeline),
            workFolder: "\(world.folder)/state/work",
            timeline: world.clock.timeline, holder: LeaseHolder(name: "test", isAlive: { _ in true }))

        let busy = await #expect(throws: Diagnostic.self) {
            try await SaleReconciler(runner: runner).reconcile(Self.flow(world, shelf), scope: .all, sequel: .mend)
        }

        #expect(busy?.code == "FLOW-BUSY" && shelf.looks == 0 && shelf.renewed.isEmpty)
    }
}
