import Synchronization
import Testing

@testable import MagentoSandbox

struct SandboxFaultTests {
    private static let save =
        #"{"sourceItems":[{"sku":"A","source_code":"main","quantity":5,"status":1},{"sku":"B","source_code":"main","quantity":6,"status":1}]}"#

    private static let state: ShopState = {
        var state = ShopState.empty
        for sku in ["A", "B"] { state.catalogue.add(sku: sku) }
        state.access.adminTokens = ["t": AdminToken(username: "admin", expires: .max)]
        return state
    }()

    private static func request(_ body: String, path: String = "/rest/all/V1/inventory/source-items") -> [UInt8] {
        Array(
            """
            POST \(path) HTTP/1.1\r
            Host: localhost\r
            Authorization: Bearer t\r
            Content-Type: application/json\r
            Connection: close\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """.utf8)
    }

    private func withShop(_ faults: [FaultRule] = [], control: SandboxServer.ControlRoutes = .off, _ body: (SandboxServer) async throws -> Void)
        async throws
    {
        let shop = SandboxShop(Self.state)
        for rule in faults { shop.add(rule) }
        let server = try await SandboxServer.start(shop: shop, control: control)
        do { try await body(server) } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private func quantity(_ sku: String, _ server: SandboxServer) -> String? {
        server.shop.withState { $0.sourceItems.item(sku: sku, source: "main")?.quantity.number }
    }

    @Test func `a call without a fault is done and answered`() async throws {
        try await withShop { server in
            let reply = try await RawHTTP.exchange(Self.request(Self.save), port: server.port)

            #expect(reply.status == 200 && reply.body == Array("[]".utf8))
            #expect(quantity("A", server) == "5")
            #expect(server.shop.journal.entries.map(\.event).count == 3)
        }
    }

    @Test func `closing before the commit leaves nothing behind and no answer`() async throws {
        try await withShop([FaultRule(.closeBeforeCommit)]) { server in
            let bytes = try await RawHTTP.send(Self.request(Self.save), port: server.port)

            #expect(bytes.isEmpty)
            #expect(quantity("A", server) == nil)
        }
    }

    @Test func `commit and drop does everything and answers nothing`() async throws {
        try await withShop([FaultRule(.commitThenDrop)]) { server in
            let bytes = try await RawHTTP.send(Self.request(Self.save), port: server.port)

            #expect(bytes.isEmpty)
            #expect(quantity("B", server) == "6")
        }
    }

    @Test func `a partial commit saves the first lines only`() async throws {
        try await withShop([FaultRule(.partialCommit(lines: 1, .badGateway))]) { server in
            let reply = try await RawHTTP.exchange(Self.request(Self.save), port: server.port)

            #expect(reply.status == 502)
            #expect(quantity("A", server) == "5" && quantity("B", server) == nil)
        }
    }

    @Test func `a delayed commit lands when it is let go`() async throws {
        try await withShop([FaultRule(.delayedCommit(.gatewayTimeout))]) { server in
            let reply = try await RawHTTP.exchange(Self.request(Self.save), port: server.port)
            #expect(reply.status == 504 && quantity("A", server) == nil)

            server.shop.commitDelayed()

            #expect(quantity("A", server) == "5")
        }
    }

    @Test func `a rule strikes at its hits only`() async throws {
        try await withShop([FaultRule(.answer(.maintenance), method: "POST", path: "source-items", hits: 2...2)]) { server in
            var statuses: [Int] = []
            for _ in 0..<3 { statuses.append(try await RawHTTP.exchange(Self.request(Self.save), port: server.port).status) }

            #expect(statuses == [200, 503, 200])
        }
    }

    @Test func `a cut answer stops in the middle of its body`() async throws {
        try await withShop([FaultRule(.commitThenCut(bytes: 1))]) { server in
            let bytes = try await RawHTTP.send(Self.request(Self.save), port: server.port)

            #expect(bytes.last == UInt8(ascii: "["))
            #expect(quantity("A", server) == "5")
        }
    }

    @Test func `six wrong passwords lock the account, as the shop would`() async throws {
        try await withShop { server in
            let path = "/rest/all/V1/integration/admin/token"
            let wrong = Self.request(#"{"username":"admin","password":"nope"}"#, path: path)
            for _ in 0..<6 { _ = try await RawHTTP.exchange(wrong, port: server.port) }

            let right = Self.request(#"{"username":"admin","password":"sandbox-admin-1"}"#, path: path)
            let reply = try await RawHTTP.exchange(right, port: server.port)

            #expect(reply.status == 401)
        }
    }

    @Test func `the control answers only where it was switched on`() async throws {
        let fault = Self.request(#"{"kind":"throttle","retry_after":"7"}"#, path: "/__sandbox/faults")
        try await withShop { server in
            let reply = try await RawHTTP.exchange(fault, port: server.port)
            #expect(reply.status == 404)
        }
        try await withShop(control: .on) { server in
            let added = try await RawHTTP.exchange(fault, port: server.port)
            #expect(added.status == 200)
            let reply = try await RawHTTP.exchange(Self.request(Self.save), port: server.port)
            #expect(reply.status == 429 && reply.headers["retry-after"] == "7")
        }
    }

    @Test func `the storefront lags and customers sign in as the control says`() async throws {
        try await withShop(control: .on) { server in
            for (path, body) in [
                ("storefront", #"{"indexing":"on-schedule","pages":"kept","price_scope":"website","stock_index":"async"}"#),
                ("customers", #"{"token":"a","group":4}"#),
                ("reindex", ""), ("flush", ""), ("lose-index", #"{"sku":"A","stock":2}"#),
            ] {
                let reply = try await RawHTTP.exchange(Self.request(body, path: "/__sandbox/" + path), port: server.port)
                #expect(reply.status == 200)
            }

            let state = server.shop.withState { $0 }
            #expect(state.storefront.indexing == .onSchedule && state.storefront.pageCaching == .kept)
            #expect(state.stockIndex.strategy == .async && !state.stockIndex.has(sku: "a", stockID: 2))
            #expect(state.priceScope == .website && state.access.customerTokens == ["a": 4])
        }
    }

    @Test(arguments: [(Fault.partialCommit(lines: 1, .badGateway), 502, "7"), (.deadlock, 400, "10"), (.commitThenAnswer(.gatewayTimeout), 504, "7")])
    func `faults strike price calls too`(_ fault: Fault, _ status: Int, _ price: String) async throws {
        try await withShop([FaultRule(fault, path: "base-prices")]) { server in
            let body = #"{"prices":[{"sku":"A","store_id":0,"price":7},{"sku":"B","store_id":0,"price":8}]}"#

            let reply = try await RawHTTP.exchange(Self.request(body, path: "/rest/all/V1/products/base-prices"), port: server.port)

            #expect(reply.status == status)
            #expect(server.shop.withState { $0.catalogue["A"]?.price.number } == price)
        }
    }

    @Test(arguments: Fault.kinds) func `the control knows every kind of fault that it names`(_ kind: String) throws {
        #expect(Fault(["kind": .string(kind)]) != nil)
    }

    @Test func `an unknown kind of fault is refused with the list of those there are`() async throws {
        try await withShop(control: .on) { server in
            let reply = try await RawHTTP.exchange(Self.request(#"{"kind":"flood"}"#, path: "/__sandbox/faults"), port: server.port)

            #expect(reply.status == 400 && String(decoding: reply.body, as: UTF8.self).contains("commit-then-drop"))
        }
    }

    @Test func `S7 the journal holds no credential`() async throws {
        try await withShop(control: .on) { server in
            _ = try await RawHTTP.exchange(Self.request(Self.save), port: server.port)
            let read = Array("GET /__sandbox/journal HTTP/1.1\r\nHost: l\r\nConnection: close\r\n\r\n".utf8)

            let journal = String(decoding: try await RawHTTP.exchange(read, port: server.port).body, as: UTF8.self)

            #expect(journal.contains("A@main"))
            #expect(!journal.contains("Bearer") && !journal.contains("oauth_signature"))
        }
    }

    @Test func `bytes that are no UTF-8 are a decoding error, as recorded`() async throws {
        try await withShop { server in
            var request = Self.request(Self.save)
            let letter = request.lastIndex(of: UInt8(ascii: "B")) ?? 0
            request[letter] = 0xFF

            let reply = try await RawHTTP.exchange(request, port: server.port)

            #expect(reply.status == 400)
            #expect(String(decoding: reply.body, as: UTF8.self) == #"{"message":"Decoding error."}"#)
        }
    }

    @Test(arguments: [(100, 200), (101, 400)])
    func `F71 input limits count the lines of a call`(_ count: Int, _ status: Int) async throws {
        try await withShop { server in
            server.shop.withState { $0.limits = InputLimits(maximumItems: 100) }
            let line = #"{"sku":"A","source_code":"main","quantity":5,"status":1}"#
            let body = "{\"sourceItems\":[" + Array(repeating: line, count: count).joined(separator: ",") + "]}"

            let reply = try await RawHTTP.exchange(Self.request(body), port: server.port)

            #expect(reply.status == status)
            if status == 400 {
                #expect(
                    String(decoding: reply.body, as: UTF8.self)
                        == #"{"message":"Maximum items of type \"%type\" is %max","parameters":{"type":"\\Magento\\InventoryApi\\Api\\Data\\SourceItemInterface","max":100}}"#
                )
            }
        }
    }
}

/// Calls that take effect after their caller has given up. Finding 13: late-00 to late-9.
struct LateCommitTests {
    private final class Clock: Sendable {
        let now = Mutex<Int64>(1_795_224_000)
        func advance(_ seconds: Int64) { now.withLock { $0 += seconds } }
        var clock: ShopClock { ShopClock(seconds: { self.now.withLock { $0 } }, wait: { self.advance($0) }) }
    }

    private static func late(_ quantity: Int64, after delay: Int64) throws -> (SandboxShop, Clock) {
        let clock = Clock()
        var state = ShopState.empty
        state.catalogue.add(sku: "A", price: Money(pence: 1000))
        state.sourceItems.upsert(sku: "A", source: "main", quantity: Quantity(100), isInStock: true)
        state.access.adminTokens["t"] = AdminToken(username: "admin", expires: .max)
        try state.place(OrderDraft([.init("A", Quantity(quantity))]), now: 1_795_223_000)
        let shop = SandboxShop(state, clock: clock.clock)
        shop.add(FaultRule(.lateCommit(.gatewayTimeout, after: delay), method: "POST", path: "/ship", hits: 1...1))
        return (shop, clock)
    }

    private static func ask(_ shop: SandboxShop, _ method: String, _ target: String, _ body: String = "") async -> (status: Int, body: String) {
        let request = ShopRequest(
            method: method, target: target, host: "shop", headers: ["authorization": "Bearer t", "content-type": "application/json"],
            body: Array(body.utf8))
        guard case .answer(let answer) = await shop.exchange(request) else { return (0, "") }
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    private static let ship = #"{"items":[{"order_item_id":1,"qty":1}],"arguments":{"extension_attributes":{"source_code":"main"}}}"#
    private static let list = "/rest/V1/shipments?searchCriteria%5BpageSize%5D=10"

    @Test func `late-1: after a 504 no list shows the shipment until its commit, and then the same call is refused`() async throws {
        let (shop, clock) = try Self.late(1, after: 5)

        let first = await Self.ask(shop, "POST", "/rest/V1/order/1/ship", Self.ship)
        clock.advance(4)
        let before = await Self.ask(shop, "GET", Self.list)
        clock.advance(1)
        let after = await Self.ask(shop, "GET", Self.list)
        let second = await Self.ask(shop, "POST", "/rest/V1/order/1/ship", Self.ship)

        #expect(first.status == 504)
        #expect(before.body.contains(#""total_count":0"#), "\(before)")
        #expect(after.body.contains(#""total_count":1"#), "\(after)")
        #expect(second.status == 400 && second.body.contains("without products"), "\(second)")
    }

    @Test func `late-2: a second call for the order waits for the first, and is then checked afresh`() async throws {
        let (shop, clock) = try Self.late(1, after: 5)
        _ = await Self.ask(shop, "POST", "/rest/V1/order/1/ship", Self.ship)

        let second = await Self.ask(shop, "POST", "/rest/V1/order/1/ship", Self.ship)

        #expect(second.status == 400 && second.body.contains("without products"), "\(second)")
        #expect(clock.now.withLock { $0 } == 1_795_224_005)
        #expect(shop.withState { $0.sales.shipments.count } == 1)
    }

    @Test func `late-3: where enough is left the second call becomes a twin, and a gateway may give up on it, too`() async throws {
        let (shop, clock) = try Self.late(5, after: 300)
        _ = await Self.ask(shop, "POST", "/rest/V1/order/1/ship", Self.ship)

        let second = await Self.ask(shop, "POST", "/rest/V1/order/1/ship", Self.ship)
        let waiting = shop.lateCommits
        clock.advance(300)
        shop.commitLate()

        #expect(second.status == 504)
        #expect(waiting.count == 2)
        #expect(waiting.next == 1_795_224_300)
        #expect(shop.withState { $0.sales.shipments.count } == 2)
        #expect(shop.lateCommits.count == 0)
    }
}
