import Domain
import MagentoSandbox
import TestKit
import Testing

@testable import Magento

struct ShopProbeTests {
    private func probe(_ shop: SandboxedShop, currency: String = "GBP", sources: Set<String> = ["main", "north"]) async -> [ShopFinding.Check:
        ShopFinding]
    {
        let expectations = ShopProbe.Expectations(
            origin: shop.server.url, currency: currency, sources: sources, priceScope: .global)
        let findings = await ShopProbe(shop.client, expecting: expectations, timeline: shop.time.timeline).run()
        return Dictionary(uniqueKeysWithValues: findings.map { ($0.check, $0) })
    }

    @Test func `a shop in order has nothing to complain about, and is not changed`() async throws {
        try await SandboxedShop.run { shop in
            let findings = await probe(shop)

            #expect(Set(findings.keys) == Set(ShopFinding.Check.allCases))
            #expect(findings.values.allSatisfy { $0.verdict == .good }, "\(findings.values.filter { $0.verdict != .good })")
            #expect(findings[.version]?.text == "Magento/2.4 (Community)")
            #expect(!shop.shop.journal.entries.contains { if case .committed = $0.event { true } else { false } })
        }
    }

    @Test(arguments: [(0 as Int64, ShopFinding.Verdict.good), (90, .warning), (-120, .warning), (900, .warning), (-700, .failed)])
    func `F75 the clocks' difference is measured from the Date header`(_ ahead: Int64, _ verdict: ShopFinding.Verdict) async throws {
        try await SandboxedShop.run(clock: .system(aheadBy: ahead)) { shop in
            let clock = await probe(shop)[.clock]

            #expect(clock?.verdict == verdict, "\(clock?.text ?? "")")
        }
    }

    @Test func `unknown, disabled and unlinked sources are named`() async throws {
        var state = ShopState.demo
        state.sources[2].isEnabled = false
        state.sources.append(InventorySource(code: "west", name: "West"))
        try await SandboxedShop.run(state) { shop in
            let finding = await probe(shop, sources: ["main", "north", "west", "nowhere"])[.sources]

            #expect(finding?.verdict == .failed)
            #expect(finding?.text == "unknown: nowhere; disabled: north; in no stock: west")
        }
    }

    @Test(arguments: [(MagentoSandbox.PriceScope.global, ShopFinding.Verdict.good), (.website, .failed)])
    func `the price scope is found without changing anything`(_ scope: MagentoSandbox.PriceScope, _ verdict: ShopFinding.Verdict) async throws {
        var state = ShopState.demo
        state.priceScope = scope
        try await SandboxedShop.run(state) { shop in
            let finding = await probe(shop)[.prices]

            #expect(finding?.verdict == verdict && finding?.text.hasPrefix("prices are \(scope.rawValue)") == true)
            #expect(!shop.shop.journal.entries.contains { if case .committed = $0.event { true } else { false } })
        }
    }

    @Test func `a shop that stages special prices is told of`() async throws {
        var state = ShopState.demo
        state.modules.append("Magento_CatalogStaging")
        try await SandboxedShop.run(state) { shop in
            #expect(await probe(shop)[.prices]?.verdict == .warning)
        }
    }

    @Test func `another currency and another address are found`() async throws {
        var state = ShopState.demo
        state.configuration.baseURL = "https://www.acme.example/"
        try await SandboxedShop.run(state) { shop in
            let findings = await probe(shop, currency: "EUR")

            #expect(findings[.currency]?.verdict == .failed)
            #expect(findings[.address]?.text == "the shop calls itself https://www.acme.example/")
        }
    }

    @Test func `a shop without multi-source inventory cannot serve two warehouses`() async throws {
        var state = ShopState.demo
        state.modules.removeAll { $0.hasPrefix("Magento_Inventory") }
        try await SandboxedShop.run(state) { shop in
            let two = await probe(shop)
            let one = await probe(shop, sources: ["default"])

            #expect(two[.modules]?.verdict == .failed)
            #expect(one[.modules]?.verdict == .good)
        }
    }

    @Test func `a missing permission is told with its resource`() async throws {
        var state = ShopState.demo
        state.access.integrations[0].resources = .only([
            "Magento_Backend::store", "Magento_Backend::admin", "Magento_InventoryApi::source", "Magento_InventoryApi::stock",
        ])
        try await SandboxedShop.run(state) { shop in
            let finding = await probe(shop)[.permissions]

            #expect(finding?.verdict == .failed)
            #expect(finding?.text.contains("Magento_InventoryApi::stock_source_item_assign") == true)
        }
    }

    @Test func `C130 C158 a zone of its own and a stock that no website sells from are named`() async throws {
        var state = ShopState.demo
        for index in state.stocks.indices { state.stocks[index].websites = [] }
        try await SandboxedShop.run(state) { shop in
            let expectations = ShopProbe.Expectations(origin: shop.server.url, zone: "America/New_York", sources: ["main", "north"])
            let findings = await ShopProbe(shop.client, expecting: expectations, timeline: shop.time.timeline).run()
            let (zone, channels) = (findings.first { $0.check == .zone }, findings.first { $0.check == .channels })

            #expect(zone?.verdict == .warning && zone?.text.contains("the settings say America/New_York") == true && zone?.fix.isEmpty == false)
            #expect(channels?.verdict == .warning && channels?.text == "sold by no website: main, north" && channels?.fix.isEmpty == false)
        }
    }

    @Test func `F71 input limits are reported`() async throws {
        var state = ShopState.demo
        state.limits = InputLimits(maximumItems: 20, maximumPageSize: 300)
        try await SandboxedShop.run(state) { shop in
            let finding = await probe(shop)[.limits]

            #expect(finding?.text == "input limits are on: 300 rows a page; batches adapt by themselves")
        }
    }

    @Test func `a shop that is not there is one finding, not nine`() async throws {
        try await SandboxedShop.run { shop in
            await shop.server.stop()

            let findings = await probe(shop)

            #expect(findings.count == 1 && findings[.reachable]?.verdict == .failed)
        }
    }
}
