import Domain
import Magento
import MagentoSandbox
import TestKit

/// A client and a stand-in shop that talk over real HTTP on the loopback interface.
struct SandboxedShop: Sendable {
    let client: MagentoClient
    let shop: SandboxShop
    let server: SandboxServer
    let time: ManualTimeline

    enum Key: Sendable { case oauth, bearer, admin(password: String) }

    /// Pauses of the retry policy pass at once; the wall clock is the machine's, because signatures carry it.
    static func run<Result>(
        _ state: ShopState = .demo,
        key: Key = .oauth,
        clock: ShopClock = .system,
        limits: WireLimits = WireLimits(),
        faults: [FaultRule] = [],
        _ body: (SandboxedShop) async throws -> Result
    ) async throws -> Result {
        let shop = SandboxShop(state, clock: clock)
        for fault in faults { shop.add(fault) }
        let server = try await SandboxServer.start(shop: shop)
        do {
            let result = try await run(server, key, limits, body)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    private static func run<Result>(
        _ server: SandboxServer, _ key: Key, _ limits: WireLimits, _ body: (SandboxedShop) async throws -> Result
    ) async throws -> Result {
        let time = ManualTimeline(now: Timeline.system.now())
        let settings = MagentoSettings(endpoint: try endpoint(server.url), credential: credential(key), limits: limits)
        return try await MagentoClient.withClient(settings, timeline: time.timeline) { client in
            try await body(SandboxedShop(client: client, shop: server.shop, server: server, time: time))
        }
    }

    struct NoAddress: Error {}

    static func endpoint(_ url: String) throws -> ShopEndpoint {
        guard let endpoint = ShopEndpoint(url: url) else { throw NoAddress() }
        return endpoint
    }

    private static func credential(_ key: Key) -> MagentoSettings.Credential {
        let demo = Integration.demo
        switch key {
        case .oauth:
            return .oauth1(
                OAuth1.Credentials(
                    consumerKey: Secret(demo.consumerKey), consumerSecret: Secret(demo.consumerSecret),
                    accessToken: Secret(demo.token), accessTokenSecret: Secret(demo.tokenSecret)), .standard)
        case .bearer: return .bearer(Secret(demo.token))
        case .admin(let password): return .admin(username: "admin", password: Secret(password))
        }
    }

    var statuses: [Int] {
        shop.journal.entries.compactMap { entry in
            if case .answered(let status) = entry.event { status } else { nil }
        }
    }

    var arrivals: Int { shop.journal.entries.filter { $0.event == .arrived }.count }

    func quantity(_ sku: String, _ source: String = "main") -> String? {
        shop.withState { $0.sourceItems.item(sku: sku, source: source)?.quantity.number }
    }
}
