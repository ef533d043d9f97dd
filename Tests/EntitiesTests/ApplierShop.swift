import Domain
import Entities
import Magento
import MagentoSandbox
import TestKit

/// A stand-in shop with products `P-000` … and an applier for its sources main and north, over real HTTP.
struct ApplierShop: Sendable {
    let applier: SourceItemsApplier
    let client: MagentoClient
    let shop: SandboxShop
    let server: SandboxServer
    let sizer: BatchSizer

    static func sku(_ number: Int) -> String {
        let digits = String(number)
        return "P-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }

    static func run<Result>(
        products: Int = 10,
        limits: InputLimits = InputLimits(),
        faults: [FaultRule] = [],
        prepare: @Sendable (inout ShopState) -> Void = { _ in },
        _ body: (ApplierShop) async throws -> Result
    ) async throws -> Result {
        var state = ShopState.empty
        for number in 0..<products { state.catalogue.add(sku: sku(number)) }
        state.limits = limits
        prepare(&state)
        let shop = SandboxShop(state)
        for fault in faults { shop.add(fault) }
        let server = try await SandboxServer.start(shop: shop)
        do {
            let result = try await run(server, body)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    struct NoAddress: Error {}

    private static func run<Result>(_ server: SandboxServer, _ body: (ApplierShop) async throws -> Result) async throws -> Result {
        guard let endpoint = ShopEndpoint(url: server.url) else { throw NoAddress() }
        let demo = Integration.demo
        let credentials = OAuth1.Credentials(
            consumerKey: Secret(demo.consumerKey), consumerSecret: Secret(demo.consumerSecret),
            accessToken: Secret(demo.token), accessTokenSecret: Secret(demo.tokenSecret))
        let timeline = ManualTimeline(now: Timeline.system.now()).timeline
        let settings = MagentoSettings(endpoint: endpoint, credential: .oauth1(credentials, .standard))
        return try await MagentoClient.withClient(settings, timeline: timeline) { client in
            let sizer = BatchSizer()
            let applier = SourceItemsApplier(client: client, sources: ["main", "north"], timeline: timeline, sizer: sizer)
            return try await body(ApplierShop(applier: applier, client: client, shop: server.shop, server: server, sizer: sizer))
        }
    }

    func quantity(_ sku: String, _ source: String = "main") -> String? {
        shop.withState { $0.sourceItems.item(sku: sku, source: source)?.quantity.number }
    }

    /// How many batches were sent.
    var posts: Int { shop.journal.entries.filter { $0.event == .arrived && $0.method == "POST" }.count }

    func value(_ main: ExactDecimal, _ north: ExactDecimal = 0) -> EncodedValue {
        StockValue(levels: [
            StockLevel(source: "main", quantity: main, isInStock: true),
            StockLevel(source: "north", quantity: north, isInStock: true),
        ]).encoded
    }

    func change(_ sku: String, to after: EncodedValue, from before: EncodedValue? = nil, id: Int64 = 1) -> Change {
        Change(id: id, key: RecordKey(sku), before: before, after: after, version: UTCInstant(seconds: 1_795_230_000))
    }

    /// Every product to `quantity` at main.
    func changes(_ count: Int, to quantity: ExactDecimal, from before: EncodedValue? = nil) -> [Change] {
        (0..<count).map { change(Self.sku($0), to: value(quantity), from: before, id: Int64($0)) }
    }
}

extension [ChangeAnswer] {
    var areAllApplied: Bool { !isEmpty && allSatisfy(\.isApplied) }
}

extension ChangeAnswer {
    var isApplied: Bool { if case .applied = self { true } else { false } }
    var rejection: RejectReason? { if case .rejected(let reason) = self { reason } else { nil } }
    var deferral: Diagnostic? { if case .deferred(let diagnostic) = self { diagnostic } else { nil } }
    var evidence: String? { if case .applied(let evidence) = self { evidence } else { nil } }
}
