import Domain
import Endpoints
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Engine

/// A shop of many orders of one day, which can show a count other than its sweeps.
private final class CountedOrders: DocumentSource, DocumentCensus, Sendable {
    struct State: Sendable {
        var orders: [(place: Int64, document: CountedDocument)] = []
        var swept: Set<RecordKey> = []
        var sessions = 0
    }

    static let placed = UTCInstant(seconds: 1_795_200_000)
    let state = Mutex(State())

    init(_ numbers: [String]) {
        state.withLock { state in
            state.orders = numbers.enumerated().map { (Int64($0 + 1), CountedDocument(identity: RecordKey($1), readiness: .ready, total: 1)) }
            state.swept = Set(numbers.map { RecordKey($0) })
        }
    }

    /// An order that no sweep shows.
    func hide(_ number: String, _ readiness: DocumentReadiness = .ready) {
        state.withLock { state in
            state.orders.append((Int64(state.orders.count + 1), CountedDocument(identity: RecordKey(number), readiness: readiness, total: 1)))
        }
    }

    func change(_ number: String, _ body: (inout CountedDocument) -> Void) {
        state.withLock { state in
            for index in state.orders.indices where state.orders[index].document.identity == RecordKey(number) { body(&state.orders[index].document) }
        }
    }

    func lose(_ number: String) { state.withLock { $0.orders.removeAll { $0.document.identity == RecordKey(number) } } }

    func sweep(since: UTCInstant?, _ visit: ([DocumentSighting]) async throws -> Void) async throws -> UTCInstant? {
        let state = state.withLock { $0 }
        try await visit(state.orders.filter { state.swept.contains($0.document.identity) }.map(Self.observation))
        return Self.placed.adding(.seconds(100))
    }

    func fetch(_ places: [Int64]) async throws -> [OutboundDocument] {
        state.withLock { $0 }.orders.filter { places.contains($0.place) }.map {
            OutboundDocument(observation: Self.observation($0), content: $0.document.identity.bytes)
        }
    }

    func census(from: UTCInstant, to: UTCInstant, _ visit: ([CountedDocument]) async throws -> Void) async throws {
        guard from <= Self.placed, Self.placed < to else { return }
        let all = state.withLock { $0 }.orders.map(\.document)
        for start in stride(from: 0, to: all.count, by: 64) { try await visit(Array(all[start..<min(start + 64, all.count)])) }
        // A page that was asked for twice.
        try await visit(Array(all.prefix(10)))
    }

    private static func observation(_ order: (place: Int64, document: CountedDocument)) -> DocumentSighting {
        DocumentSighting(
            place: order.place, identity: order.document.identity, placed: placed, modified: placed, readiness: order.document.readiness)
    }
}

struct OrderReconcilerTests {
    private static let day = CivilDate(iso: "2026-11-20")!  // A literal of this file.

    private static func sent(_ shop: CountedOrders) async throws -> OutboundWorld {
        let world = try OutboundWorld()
        _ = try await world.runner().run(world.flow("orders", InboxEndpoint(), shop, batch: 100), cause: "schedule")
        return world
    }

    private static func reconcile(_ world: OutboundWorld, _ shop: CountedOrders, day: CivilDate = day) async throws -> OrderDay {
        try await OrderReconciler(ledger: world.ledger, timeline: world.clock.timeline, zone: ZoneTable("Europe/London"))
            .reconcile(flow: "orders", day: day, shop)
    }

    @Test func `I3 C343 twenty orders that one side lacks are found by number, and none is invented`() async throws {
        let shop = CountedOrders((1...400).map { "N\($0)" })
        let world = try await Self.sent(shop)
        var planted: Set<OrderGap> = []
        for number in 1...12 {
            shop.hide("H\(number)")
            planted.insert(OrderGap(identity: RecordKey("H\(number)"), kind: .notExported, text: "the shop has it, and no look of ours has seen it"))
        }
        for number in stride(from: 10, through: 80, by: 10) {
            shop.lose("N\(number)")
            planted.insert(
                OrderGap(identity: RecordKey("N\(number)"), kind: .notInShop, text: "it has left for the ERP, and the shop does not have it"))
        }

        let found = try await Self.reconcile(world, shop)

        #expect(planted.count == 20)
        #expect(Set(found.gaps) == planted && found.gaps.count == 20)
        #expect(found.stages[.placed] == CountedSum(count: 404, sum: 404))
        #expect(found.stages[.exported] == CountedSum(count: 392, sum: 392))
        let kept = try #require(try world.ledger.read { try $0.orderDay(flow: "orders", day: Self.day) })
        #expect(kept.stages == found.stages && Set(kept.gaps) == planted && kept.at == found.at)
    }

    @Test func `a day on which both sides agree has no gap, and what waits or was called off is none`() async throws {
        let shop = CountedOrders(["1", "2", "3"])
        let world = try await Self.sent(shop)
        shop.hide("W", .waiting("waits for payment"))
        shop.hide("C", .withdrawn("cancelled in the shop"))
        shop.change("1") { $0.isDespatched = true }
        shop.change("2") {
            $0.invoiced = 1
            $0.credited = ExactDecimal(coefficient: 5, scale: 1)
        }

        let found = try await Self.reconcile(world, shop)
        let other = try await Self.reconcile(world, shop, day: Self.day.adding(days: 1))

        #expect(found.gaps.isEmpty)
        #expect(
            found.stages.mapValues(\.count) == [.placed: 5, .exported: 3, .waiting: 1, .cancelled: 1, .despatched: 1, .invoiced: 1, .credited: 1])
        #expect(found.stages[.credited]?.sum == ExactDecimal(coefficient: 5, scale: 1))
        #expect(other.stages.isEmpty && other.gaps.isEmpty)
    }

    @Test func `C343 C222 sums that differ, answers that are missing and orders without a number are told apart`() async throws {
        let shop = CountedOrders(["1", "2", "3", "4"])
        let world = try await Self.sent(shop)
        shop.change("1") { $0.total = 2 }
        try world.ledger.write { writer in
            let consignment = try #require(try writer.reader.recentConsignments(limit: 1).first)
            let answers = [
                DocumentAnswer(identity: RecordKey("1"), erpNumber: "SO1"), DocumentAnswer(identity: RecordKey("2")),
                DocumentAnswer(identity: RecordKey("3"), refusal: "no such account"),
            ]
            _ = try writer.acknowledge(consignment, answers, evidence: "test", at: world.clock.timeline.now())
        }

        let found = try await Self.reconcile(world, shop)

        #expect(
            found.gaps.map { "\($0.identity.text) \($0.kind.rawValue)" }.sorted()
                == ["1 sum-differs", "2 no-erp-number", "3 refused"])
        #expect(found.stages[.acknowledged]?.count == 2)
    }

    @Test func `an order that was mended is no gap at the next comparison`() async throws {
        let shop = CountedOrders(["1"])
        let world = try await Self.sent(shop)
        shop.hide("2")
        let before = try await Self.reconcile(world, shop)
        shop.state.withLock { _ = $0.swept.insert(RecordKey("2")) }
        _ = try await world.runner().run(world.flow("orders", InboxEndpoint(), shop, batch: 100), cause: "schedule")

        let after = try await Self.reconcile(world, shop)

        #expect(before.gaps.count == 1 && after.gaps.isEmpty)
        #expect(try world.ledger.read { try $0.orderDay(flow: "orders", day: Self.day)?.gaps } == [])
    }

    @Test func `S29 a file of orders goes a month after its answer, and one that waits for its answer stays`() async throws {
        let world = try OutboundWorld()
        let shop = CountedOrders(["1", "2"])
        let acknowledgement = Acknowledgement(proof: .file(folder: "acks", name: try #require(ConsignmentName("{name}.ack"))), within: .seconds(1800))
        _ = try await world.runner().run(world.flow("orders", InboxEndpoint(), shop, batch: 1, acknowledgement: acknowledgement), cause: "schedule")
        let files = try world.ledger.read { try $0.recentConsignments(limit: 2) }
        let (answered, waiting) = (files[0], files[1])
        try world.ledger.write { writer in
            let answers = try writer.reader.consigned(in: answered.id).map { DocumentAnswer(identity: $0.identity, erpNumber: "SO1") }
            _ = try writer.acknowledge(answered, answers, evidence: "test", at: world.clock.timeline.now())
        }
        let runner = try world.runner()
        try runner.expire(Retention(nil))
        #expect(runner.spool.size(of: answered.hash) != nil)

        world.clock.advance(by: .seconds(31 * 86_400))
        try runner.expire(Retention(nil))

        #expect(runner.spool.size(of: answered.hash) == nil && runner.spool.size(of: waiting.hash) != nil)
        #expect(try world.ledger.read { try $0.unbalancedRuns() }.isEmpty)
    }
}
