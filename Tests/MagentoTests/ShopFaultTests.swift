import Domain
import MagentoSandbox
import TestKit
import Testing

@testable import Magento

/// The client against a shop that misbehaves, over real HTTP.
struct ShopFaultTests {
    private static let item = SourceItem(sku: "AB/1000", source: "main", quantity: 5, isInStock: true)

    private func save(_ fault: Fault, limits: WireLimits = WireLimits(), _ check: @escaping @Sendable (Answer, SandboxedShop) async throws -> Void)
        async throws
    {
        try await SandboxedShop.run(limits: limits, faults: [FaultRule(fault, method: "POST")]) { shop in
            try await check(await shop.client.sourceItems.save([Self.item]), shop)
        }
    }

    @Test(arguments: [Fault.closeBeforeCommit, .commitThenDrop, .commitThenCut(bytes: 1)])
    func `F50 F51 a connection lost after sending is unknown and not sent again`(_ fault: Fault) async throws {
        try await save(fault) { answer, shop in
            guard case .unknown(let refusal) = answer else { return #expect(Bool(false), "\(answer)") }
            #expect(refusal.kind == .ambiguous)
            #expect(shop.arrivals == 1)
        }
    }

    @Test func `F50 a shop that is not there was certainly not changed, and is tried again`() async throws {
        let port = RefusingPort()
        let time = ManualTimeline()
        let endpoint = try #require(ShopEndpoint(url: "http://127.0.0.1:\(port.number)"))
        let settings = MagentoSettings(endpoint: endpoint, credential: .bearer(Secret("none")))

        let answer = try await MagentoClient.withClient(settings, timeline: time.timeline) { client in
            await client.sourceItems.save([Self.item])
        }

        guard case .notDone(let refusal) = answer else { return #expect(Bool(false), "\(answer)") }
        withExtendedLifetime(port) { #expect(refusal.reason == .unreachable) }
        #expect(time.slept.count == RetryPolicy().tries - 1)
    }

    @Test(arguments: [
        (Fault.answer(.badGateway), 502), (.commitThenAnswer(.gatewayTimeout), 504), (.answer(.phpFatal), 200),
        (.answer(.loginPage), 200), (.answer(.errorReport), 500),
    ])
    func `F53 F63 a page instead of an answer leaves a write unknown`(_ fault: Fault, _ status: Int) async throws {
        try await save(fault) { answer, shop in
            guard case .unknown(let refusal) = answer else { return #expect(Bool(false), "\(answer)") }
            #expect(refusal.reason == .page(status: status) && shop.arrivals == 1)
        }
    }

    @Test(arguments: ["", "null", "[", "{}", "\u{FEFF}[]", "{\"a\":1,\"a\":2}", "[[]]", "\"\""])
    func `F65 a success that does not look like one is unknown`(_ body: String) async throws {
        try await save(.commitThenAnswer(.json(body))) { answer, _ in
            guard case .unknown = answer else { return #expect(Bool(false), "\(answer)") }
        }
    }

    @Test(arguments: ["{}", #"{"items":null,"total_count":3}"#, #"{"items":{},"total_count":0}"#, #"{"items":[{"sku":"AB/1000"}]}"#, "[]"])
    func `F65 a search that was not answered is not an empty result`(_ body: String) async throws {
        try await SandboxedShop.run(faults: [FaultRule(.answer(.json(body)), method: "GET")]) { shop in
            await #expect(throws: Diagnostic.self) { try await shop.client.catalogue.find(["AB/1000"]) }
            await #expect(throws: Diagnostic.self) { try await shop.client.sourceItems.find(["AB/1000"], sources: ["main"]) }
        }
    }

    @Test func `F65 a hundred thousand brackets do not crash the client`() async throws {
        try await save(.answer(.json(Array(repeating: UInt8(ascii: "["), count: 100_000)))) { answer, _ in
            guard case .unknown(let refusal) = answer else { return #expect(Bool(false), "\(answer)") }
            #expect(refusal.reason == .malformed)
        }
    }

    @Test func `F65 S27 an answer larger than the cap is not read to its end`() async throws {
        try await save(.hugeBody(bytes: 3 << 20), limits: WireLimits(maximumBody: 1 << 20)) { answer, _ in
            guard case .unknown(let refusal) = answer else { return #expect(Bool(false), "\(answer)") }
            #expect(refusal.reason == .tooLarge)
        }
    }

    @Test func `F66 an answer that drips ends at the total deadline, not at the idle one`() async throws {
        let limits = WireLimits(idleDeadline: .seconds(30), totalDeadline: .milliseconds(600))
        try await save(.drip(.milliseconds(50)), limits: limits) { answer, _ in
            guard case .unknown(let refusal) = answer else { return #expect(Bool(false), "\(answer)") }
            #expect(refusal.reason == .noAnswer || refusal.reason == .malformed)
        }
    }

    @Test func `F50 a shop that stays silent ends at the idle deadline`() async throws {
        try await save(.delay(.seconds(20)), limits: WireLimits(idleDeadline: .milliseconds(300))) { answer, _ in
            guard case .unknown(let refusal) = answer else { return #expect(Bool(false), "\(answer)") }
            #expect(refusal.reason == .noAnswer)
        }
    }

    @Test func `F67 S27 a connection that the shop closes between two calls costs no call`() async throws {
        try await SandboxedShop.run(faults: [FaultRule(.closeAfterAnswer)]) { shop in
            for _ in 0..<5 { _ = try await shop.client.stores.modules() }

            #expect(shop.statuses.filter { $0 == 200 }.count >= 5)
        }
    }

    @Test func `F64 S23 a redirect is not followed`() async throws {
        try await SandboxedShop.run { other in
            try await SandboxedShop.run(faults: [FaultRule(.answer(.redirect(to: other.server.url + "/rest/all/V1/modules")))]) { shop in
                let answer = await shop.client.sourceItems.save([Self.item])

                #expect(answer.refusal?.reason == .redirected && answer.refusal?.kind == .permanent)
                #expect(other.arrivals == 0 && shop.arrivals == 1)
            }
        }
    }

    @Test func `F62 maintenance is no failure of the call and is asked once`() async throws {
        try await SandboxedShop.run { shop in
            shop.shop.withState { $0.isInMaintenance = true }

            let answer = await shop.client.sourceItems.save([Self.item])

            guard case .notDone(let refusal) = answer else { return #expect(Bool(false), "\(answer)") }
            #expect(refusal.reason == .maintenance && shop.arrivals == 1)
        }
    }

    @Test(arguments: [("3", [Duration.seconds(3)]), ("1000000000", [])])
    func `F61 a throttle is waited out within reason`(_ header: String, _ pauses: [Duration]) async throws {
        let fault = FaultRule(.answer(.tooManyRequests(retryAfter: header)), hits: 1...1)
        try await SandboxedShop.run(faults: [fault]) { shop in
            let answer = await shop.client.sourceItems.save([Self.item])

            #expect(shop.time.slept == pauses)
            #expect((answer.refusal == nil) == !pauses.isEmpty)
        }
    }

    @Test func `F59 a revoked token stops everything after one call`() async throws {
        try await SandboxedShop.run { shop in
            shop.shop.withState { $0.access.integrations = [] }

            for _ in 0..<4 { _ = await shop.client.sourceItems.save([Self.item]) }
            let modules = await shop.client.stores.version()

            #expect(shop.arrivals == 1)
            #expect(modules.refusal?.kind == .unauthorised)
        }
    }

    @Test func `F59 a missing permission is named and is not a bad key`() async throws {
        try await SandboxedShop.run { shop in
            shop.shop.withState { $0.access.integrations[0].resources = .only(["Magento_Backend::admin"]) }

            let answer = await shop.client.sourceItems.save([Self.item])
            let modules = try await shop.client.stores.modules()

            #expect(answer.refusal?.reason == .permission(resource: "Magento_InventoryApi::stock_source_item_assign"))
            #expect(answer.refusal?.diagnostic.summary.contains("stock_source_item_assign") == true)
            #expect(!modules.isEmpty)
        }
    }

    @Test func `F59 F75 a clock eleven minutes fast is told as such`() async throws {
        try await SandboxedShop.run(clock: .system(aheadBy: -700)) { shop in
            let answer = await shop.client.sourceItems.save([Self.item])

            #expect(answer.refusal?.reason == .clock && shop.arrivals == 1)
        }
    }

    @Test func `F60 an admin token that runs out is renewed once and the call goes through`() async throws {
        try await SandboxedShop.run(key: .admin(password: "sandbox-admin-1")) { shop in
            _ = try await shop.client.stores.modules()
            shop.shop.withState { $0.access.adminTokens = [:] }

            let answer = await shop.client.sourceItems.save([Self.item])

            #expect(answer.refusal == nil)
            #expect(shop.statuses == [200, 200, 401, 200, 200])
        }
    }

    @Test func `F60 calls under way at the moment share one new token`() async throws {
        try await SandboxedShop.run(key: .admin(password: "sandbox-admin-1"), limits: WireLimits(concurrency: 8)) { shop in
            _ = try await shop.client.stores.modules()
            shop.shop.withState { $0.access.adminTokens = [:] }

            let refusals = await withTaskGroup(of: Refusal?.self) { group in
                for _ in 0..<8 { group.addTask { await shop.client.sourceItems.save([Self.item]).refusal } }
                return await group.reduce(into: [Refusal]()) { if let refusal = $1 { $0.append(refusal) } }
            }

            #expect(refusals.isEmpty)
            let tokenCalls = shop.shop.journal.entries.filter { $0.event == .arrived && $0.path.hasSuffix("admin/token") }
            #expect(tokenCalls.count == 2)
        }
    }

    @Test func `F60 a user who lacks the permission is not given token after token`() async throws {
        var state = ShopState.demo
        state.access.adminUsers[0].resources = .only([])
        try await SandboxedShop.run(state, key: .admin(password: "sandbox-admin-1")) { shop in
            for _ in 0..<3 { _ = await shop.client.sourceItems.save([Self.item]) }

            #expect(shop.statuses == [200, 401, 200, 401])
        }
    }

    @Test func `F59 a wrong password is tried once, far from the lock-out`() async throws {
        try await SandboxedShop.run(key: .admin(password: "wrong")) { shop in
            for _ in 0..<8 { _ = await shop.client.sourceItems.save([Self.item]) }

            #expect(shop.statuses == [401])
            #expect(shop.shop.withState { $0.access.adminUsers[0].failures } == 1)
        }
    }

    @Test func `a bearer works where the shop allows it, and is told apart where not`() async throws {
        var state = ShopState.demo
        state.access.acceptsIntegrationBearer = true
        try await SandboxedShop.run(state, key: .bearer) { shop in
            let answer = await shop.client.sourceItems.save([Self.item])
            #expect(answer.refusal == nil)
        }
        try await SandboxedShop.run(key: .bearer) { shop in
            let answer = await shop.client.sourceItems.save([Self.item])
            #expect(answer.refusal?.kind == .unauthorised)
        }
    }

    @Test func `S7 no secret is in a diagnostic`() async throws {
        try await SandboxedShop.run(faults: [FaultRule(.answer(.badGateway))]) { shop in
            let answer = await shop.client.sourceItems.save([Self.item])

            let text = "\(answer) \(String(describing: answer.refusal?.diagnostic))"
            for secret in [Integration.demo.consumerSecret, Integration.demo.token, Integration.demo.tokenSecret] {
                #expect(!text.contains(secret))
            }
        }
    }
}
