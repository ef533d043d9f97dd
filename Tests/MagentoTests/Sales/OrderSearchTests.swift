import Domain
import Magento
import MagentoSandbox
import Synchronization
import TestKit
import Testing

struct OrderSearchTests {
    private static let began: Int64 = 1_795_224_000

    private static func small() throws -> ShopState {
        var state = ShopState.demo
        state.sourceItems.upsert(sku: "CAFE-TBL-60", source: "main", quantity: Quantity(5000), isInStock: true)
        for number in 0..<23 { try state.place(OrderDraft([.init("CAFE-TBL-60", price: Money(10))]), now: began + Int64(number)) }
        return state
    }

    @Test func `F72 orders that change between pages are neither lost nor taken twice`() async throws {
        try await SandboxedShop.run(try Self.small()) { world in
            var seen: [Int] = []
            let search = OrderSearch(world.client.transport, sightingRows: 5)

            _ = try await search.sweep(.init(changedSince: UTCInstant(seconds: Self.began))) { page in
                seen += page.compactMap { $0["entity_id"]?.whole }
                // An order comes in behind, and one that was seen moves to the end of time.
                let isEarly = seen.count < 15
                world.shop.withState { state in
                    if isEarly { _ = try? state.place(OrderDraft([.init("CAFE-TBL-60", price: Money(10))]), now: Self.began + 500) }
                    state.sales.update(2) { $0.updatedAt = "2026-11-22 00:00:00" }
                }
            }

            #expect(Set(1...23).isSubset(of: seen))
            #expect(seen == seen.sorted())
            #expect(Set(seen).count == seen.count)
        }
    }

    /// Counts the questions that are under way together.
    private final class Crowd: ShopTransport, Sendable {
        private let next: any ShopTransport
        private let state = Mutex((now: 0, most: 0, calls: 0))

        init(_ next: any ShopTransport) { self.next = next }

        var most: Int { state.withLock { $0.most } }
        var calls: Int { state.withLock { $0.calls } }

        func send(_ call: ShopCall) async -> Answer {
            state.withLock { state in
                state.now += 1
                state.calls += 1
                state.most = max(state.most, state.now)
            }
            defer { state.withLock { $0.now -= 1 } }
            for _ in 0..<20 { await Task.yield() }
            return await next.send(call)
        }
    }

    @Test(arguments: [1, 4, 40]) func `pages of orders are read two at a time, in order, in as few calls as one after the other`(_ gap: Int)
        async throws
    {
        var state = ShopState.demo
        state.sourceItems.upsert(sku: "CAFE-TBL-60", source: "main", quantity: Quantity(5000), isInStock: true)
        for number in 0..<120 {
            // Ids with gaps, at first narrow and then wide.
            if number > 40, number.isMultiple(of: 7) { state.sales.counters.order += gap }
            try state.place(OrderDraft([.init("CAFE-TBL-60", price: Money(10))]), now: Self.began + Int64(number))
        }
        let placed = state.sales.orders.map(\.id)
        try await SandboxedShop.run(state) { world in
            let crowd = Crowd(world.client.transport)
            var seen: [Int] = []

            _ = try await OrderSearch(crowd, sightingRows: 10).sweep(.init(changedSince: UTCInstant(seconds: Self.began))) { page in
                seen += page.compactMap { $0["entity_id"]?.whole }
            }

            #expect(seen == placed)
            #expect(crowd.most == 2)
            // Twelve full pages and an empty one; a stretch with gaps holds less than a page, and one that was thought narrow more.
            #expect(crowd.calls <= 13 + 24, "\(crowd.calls)")
        }
    }

    @Test func `whole orders are fetched in parts, two at a time, in the order in which they were asked for`() async throws {
        try await SandboxedShop.run(try Self.small()) { world in
            let crowd = Crowd(world.client.transport)

            let found = try await OrderSearch(crowd, orderRows: 5).find(Array(1...23))

            #expect(found.compactMap { $0["entity_id"]?.whole } == Array(1...23))
            #expect(crowd.most == 2 && crowd.calls == 5)
        }
    }

    @Test func `D2 a sweep by time finds what changed at that very second and later, and states the shop's time`() async throws {
        try await SandboxedShop.run(try Self.small()) { world in
            var seen: [Int] = []

            let time = try await world.client.orderSearch.sweep(.init(changedSince: UTCInstant(seconds: Self.began + 20))) { page in
                seen += page.compactMap { $0["entity_id"]?.whole }
            }

            #expect(seen == [21, 22, 23])
            #expect(time != nil)
        }
    }

    @Test func `orders are found whole by their ids, in as many calls as the shop's limit wants`() async throws {
        var state = try Self.small()
        state.limits.maximumPageSize = 4
        try await SandboxedShop.run(state) { world in
            let found = try await world.client.orderSearch.find(Array(1...10) + [999])

            #expect(found.compactMap { $0["entity_id"]?.whole }.sorted() == Array(1...10))
            #expect(found.allSatisfy { $0["items"]?.elements?.isEmpty == false })
        }
    }

    @Test func `times of sales documents are UTC without a zone`() {
        #expect(ShopTime.instant("2026-11-21 01:29:19") == UTCInstant(seconds: 1_795_224_559))
        #expect(ShopTime.text(UTCInstant(milliseconds: 1_795_224_559_999)) == "2026-11-21 01:29:19")
        for text in ["", "2026-11-21", "2026-02-30 00:00:00", "2026-11-21 24:00:00", "2026-11-21 01:29:1x", "2026-11-21 01:29:19+01"] {
            #expect(ShopTime.instant(text) == nil)
        }
    }

    @Test func `a document reads back to the same bytes whatever the order of its members`() throws {
        let text = #"{"b":[1,2.50,null,true],"a":"x\"\u0001é","c":{}}"#
        let json = try JSONReader.read(Array(text.utf8))
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"a":"x\"\u0001é","b":[1,2.50,null,true],"c":{}}"#)
        #expect(try JSONReader.read(json.bytes) == json)
    }
}
