import Domain
import Magento
import MagentoSandbox
import TestKit
import Testing

@testable import Entities

/// Many orders wait: each is read once, in bounded calls, and leaves as it is.
struct OrderSweepTests {
    private static let began: Int64 = 1_795_230_000

    private static func run(
        _ count: Int, faults: [FaultRule] = [], _ body: (ApplierShop, OrderSource, ManualTimeline) async throws -> Void
    ) async throws {
        let settings = try OrderWorld.settings(select: ["states": ["*": "new"]])
        try await ApplierShop.run(products: 20, faults: faults) { state in
            state.sourceItems.upsert(sku: "P-000", source: "main", quantity: Quantity(1_000_000), isInStock: true)
            for number in 0..<count { _ = try? state.place(OrderDraft([.init("P-000", price: Money(10))]), now: began + Int64(number)) }
        } _: { world in
            let time = ManualTimeline(now: UTCInstant(seconds: began))
            let source = OrderSource(
                client: world.client, trigger: OrderTrigger(moments: settings.moments, start: UTCInstant(seconds: 0)), settings: settings,
                timeline: time.timeline)
            try await body(world, source, time)
        }
    }

    private static func questions(_ world: ApplierShop) -> Int {
        world.shop.journal.entries.count { $0.event == .arrived && $0.path.hasSuffix("/orders") }
    }

    private static func sweep(_ source: OrderSource) async throws -> [Int64] {
        var places: [Int64] = []
        _ = try await source.sweep(since: nil) { places += $0.filter { $0.readiness == .ready }.map(\.place) }
        return places
    }

    @Test func `a thousand waiting orders are read once, in the calls that their pages take and one more`() async throws {
        try await Self.run(1000) { world, source, _ in
            let places = try await Self.sweep(source)
            // A page of 50, five of 200, and one that finds nothing behind them.
            let swept = Self.questions(world)
            var fetched: [OutboundDocument] = []
            for start in stride(from: 0, to: places.count, by: 100) { fetched += try await source.fetch(Array(places[start..<start + 100])) }

            #expect(places.count == 1000 && swept <= 7, "\(swept)")
            #expect(Self.questions(world) == swept)
            #expect(fetched.map(\.observation.place) == places)
            #expect(try fetched.allSatisfy { try OrderReader().read(JSONReader.read($0.content)).lines.count == 1 })
        }
    }

    @Test func `an order that was read more than ten seconds ago is read again before it leaves`() async throws {
        try await Self.run(3) { world, source, time in
            let places = try await Self.sweep(source)
            world.shop.withState { state in state.sales.update(2) { $0.state = .canceled } }
            time.advance(by: .seconds(11))
            let before = Self.questions(world)

            let found = try await source.fetch(places)

            #expect(Self.questions(world) == before + 1)
            #expect(found.map { $0.observation.readiness == .ready } == [true, false, true])
        }
    }

    @Test func `an order is given out once: whoever asks again gets it as it is now`() async throws {
        try await Self.run(2) { world, source, _ in
            let places = try await Self.sweep(source)
            let first = try await source.fetch(places)
            world.shop.withState { state in state.sales.update(1) { $0.state = .canceled } }

            let second = try await source.fetch(places)

            #expect(first.allSatisfy { $0.observation.readiness == .ready } && second.first?.observation.readiness != .ready)
        }
    }

    /// A module that puts a number where Magento has an object breaks every question for some members only.
    @Test(arguments: [ShopAnswer.json(#"{"message":"Internal Error"}"#, status: 500), .json("[]")])
    func `where the shop fails at a question for some members, orders are read whole`(_ answer: ShopAnswer) async throws {
        // The sweep's own tries, and no more.
        try await Self.run(120, faults: [FaultRule(.answer(answer), method: "GET", path: "/orders", hits: 1...4)]) { world, source, _ in
            let places = try await Self.sweep(source)
            let found = try await source.fetch(places)

            #expect(places.count == 120 && found.count == 120)
            #expect(try found.allSatisfy { try JSONReader.read($0.content)["grand_total"] != nil })
        }
    }

    @Test func `a backlog that memory should not hold is told of in part and fetched as it leaves`() {
        let shelf = OrderShelf(currency: .order, timeline: .system)

        #expect(shelf.fields(total: nil) == OrderSearch.documentFields(inBase: false))
        #expect(shelf.fields(total: OrderShelf.room) == OrderSearch.documentFields(inBase: false))
        #expect(shelf.fields(total: OrderShelf.room + 1) == OrderSearch.sightingFields)
    }
}
