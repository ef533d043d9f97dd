package import Domain

/// Examines a shop with calls that change nothing. Each check runs whatever the others found.
package struct ShopProbe: Sendable {
    /// What the settings say the shop should be.
    package struct Expectations: Hashable, Sendable {
        /// `https://shop.example.com`
        package var origin: String
        package var currency: String?
        /// The time zone that the settings reckon with.
        package var zone: String?
        /// The MSI sources that warehouses are mapped to; empty on a shop without MSI.
        package var sources: Set<String>
        /// The price scope that the price flows are set to; `nil` where there is none.
        package var priceScope: PriceScope?

        package init(
            origin: String, currency: String? = nil, zone: String? = nil, sources: Set<String> = [], priceScope: PriceScope? = nil
        ) {
            self.origin = origin
            self.currency = currency
            self.zone = zone
            self.sources = sources
            self.priceScope = priceScope
        }
    }

    /// Beyond this the clocks are worth a word; beyond ten minutes ahead every signature is refused (reliability F75).
    static let toleratedOffset = Duration.seconds(60)

    private let client: MagentoClient
    private let expectations: Expectations
    private let timeline: Timeline

    package init(_ client: MagentoClient, expecting expectations: Expectations, timeline: Timeline) {
        self.client = client
        self.expectations = expectations
        self.timeline = timeline
    }

    package func run() async -> [ShopFinding] {
        let version = await client.stores.version()
        if case .unreachable = version.refusal?.reason { return [reachable(version)] }
        return [reachable(version), self.version(version), clock(version)] + (await configuration()) + [await modules()]
            + [await sources(), await channels(), await permissions(), await limits()]
            + (expectations.priceScope == nil ? [] : [await prices()])
    }

    private func reachable(_ answer: Answer) -> ShopFinding {
        guard let refusal = answer.refusal else { return ShopFinding(.reachable, .good, expectations.origin) }
        switch refusal.reason {
        case .unreachable, .certificate, .maintenance, .redirected, .forbidden, .throttled: return failed(.reachable, refusal)
        default: return ShopFinding(.reachable, .good, "\(expectations.origin) answers with status \(refusal.status)")
        }
    }

    private func version(_ answer: Answer) -> ShopFinding {
        guard case .done(let payload) = answer, let text = payload.json.text, text.hasPrefix("Magento/") else {
            return ShopFinding(.version, .warning, "not told", fix: "The module Magento_Version is off; nothing needs doing")
        }
        return ShopFinding(.version, .good, Escaped(text, limit: 60).description)
    }

    private func clock(_ answer: Answer) -> ShopFinding {
        guard case .done(let payload) = answer, let theirs = payload.serverTime else {
            return ShopFinding(.clock, .skipped, "the shop did not tell its time")
        }
        let ahead = timeline.now().since(theirs)
        let seconds = ahead.wholeSeconds
        let text = "this machine is \(abs(seconds)) s \(seconds >= 0 ? "ahead of" : "behind") the shop"
        if ahead > .seconds(600) {
            return ShopFinding(
                .clock, .failed, text,
                fix: "Set this machine's clock (NTP): Magento refuses signatures more than 10 minutes ahead")
        }
        guard ahead > Self.toleratedOffset || ahead < .zero - Self.toleratedOffset else {
            return ShopFinding(.clock, .good, text)
        }
        return ShopFinding(
            .clock, .warning, text,
            fix: "Switch NTP on here and at the shop: event times of files are compared with the shop's")
    }

    private func configuration() async -> [ShopFinding] {
        do {
            guard let store = try await client.stores.configurations().first else {
                return [ShopFinding(.address, .failed, "the shop has no store view", fix: "Create one")]
            }
            return [address(store), currency(store), zone(store)]
        } catch {
            return [failed(.address, error), ShopFinding(.currency, .skipped, "unknown"), ShopFinding(.zone, .skipped, "unknown")]
        }
    }

    private func address(_ store: Stores.Configuration) -> ShopFinding {
        let told = [store.baseURL, store.secureBaseURL].compactMap { ShopEndpoint(url: $0)?.origin }
        guard !told.contains(expectations.origin) else { return ShopFinding(.address, .good, expectations.origin) }
        return ShopFinding(
            .address, .warning, "the shop calls itself \(Escaped(store.secureBaseURL, limit: 80))",
            fix: "Set magento.url to the shop's own base URL, or signatures may fail behind the proxy")
    }

    private func currency(_ store: Stores.Configuration) -> ShopFinding {
        guard let wanted = expectations.currency, wanted != store.baseCurrency else {
            return ShopFinding(.currency, .good, Escaped(store.baseCurrency, limit: 8).description)
        }
        return ShopFinding(
            .currency, .failed, "the shop's base currency is \(Escaped(store.baseCurrency, limit: 8)), the settings say \(wanted)",
            fix: "Correct currency in the settings")
    }

    /// Prices with a day of their own begin at midnight of the shop's zone; trading days are counted by it.
    private func zone(_ store: Stores.Configuration) -> ShopFinding {
        guard let wanted = expectations.zone, wanted != store.timezone else {
            return ShopFinding(.zone, .good, Escaped(store.timezone, limit: 40).description)
        }
        return ShopFinding(
            .zone, .warning, "the shop's zone is \(Escaped(store.timezone, limit: 40)), the settings say \(wanted)",
            fix:
                "Set timezone in the settings to the shop's, or change Stores > Configuration > General > Locale; days and dated prices shift otherwise"
        )
    }

    /// A source whose stock is sold by no website feeds nobody.
    private func channels() async -> ShopFinding {
        guard !expectations.sources.isEmpty else { return ShopFinding(.channels, .skipped, "no sources are mapped") }
        do {
            let stocks = try await client.inventory.stocks()
            let links = try await client.inventory.links()
            let sold = Set(stocks.filter { !$0.websites.isEmpty }.map(\.id))
            let unsold = expectations.sources.filter { source in
                let own = links.filter { $0.source == source }
                return !own.isEmpty && !own.contains { sold.contains($0.stockID) }
            }
            guard unsold.isEmpty else {
                return ShopFinding(
                    .channels, .warning, "sold by no website: \(unsold.sorted().joined(separator: ", "))",
                    fix: "Assign a sales channel to their stock under Stores > Inventory > Stocks, or leave them out of warehouses")
            }
            let words = stocks.filter { !$0.websites.isEmpty }.map {
                "\(Escaped($0.name, limit: 40)) to \($0.websites.sorted().joined(separator: ", "))"
            }
            return ShopFinding(.channels, .good, words.joined(separator: "; "))
        } catch {
            return failed(.channels, error)
        }
    }

    private func modules() async -> ShopFinding {
        do {
            let modules = try await client.stores.modules()
            let hasInventory = modules.contains("Magento_InventoryApi") && modules.contains("Magento_Inventory")
            let text = "\(modules.count) modules, multi-source inventory \(hasInventory ? "on" : "off")"
            guard !hasInventory, !expectations.sources.subtracting(["default"]).isEmpty else {
                return ShopFinding(.modules, .good, text)
            }
            return ShopFinding(
                .modules, .failed, text, fix: "Enable the Magento_Inventory modules, or map all warehouses to default")
        } catch {
            return failed(.modules, error)
        }
    }

    private func sources() async -> ShopFinding {
        guard !expectations.sources.isEmpty else { return ShopFinding(.sources, .skipped, "none are mapped") }
        do {
            let sources = try await client.inventory.sources()
            let linked = Set(try await client.inventory.links().map(\.source))
            let unknown = expectations.sources.subtracting(sources.map(\.code))
            let disabled = sources.filter { !$0.isEnabled && expectations.sources.contains($0.code) }.map(\.code)
            let unlinked = expectations.sources.subtracting(unknown).subtracting(linked)
            let problems = [
                ("unknown", unknown.sorted()), ("disabled", disabled.sorted()), ("in no stock", unlinked.sorted()),
            ].filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.joined(separator: ", "))" }
            guard problems.isEmpty else {
                return ShopFinding(
                    .sources, unknown.isEmpty ? .warning : .failed, problems.joined(separator: "; "),
                    fix: Self.nearest(unknown, among: sources.map(\.code))
                        + "Correct warehouses in the settings, or create, enable and assign the sources under Stores > Inventory")
            }
            return ShopFinding(.sources, .good, expectations.sources.sorted().joined(separator: ", "))
        } catch {
            return failed(.sources, error)
        }
    }

    private static func nearest(_ unknown: Set<String>, among known: [String]) -> String {
        unknown.sorted().compactMap { name in NearestWord.of(name, among: known).map { "For \(name) did you mean \($0)? " } }.joined()
    }

    /// A save of nothing is refused with `Input data is empty` once the permission is proven, and changes nothing.
    private func permissions() async -> ShopFinding {
        // Who keeps no quantities needs no right to them.
        guard !expectations.sources.isEmpty else { return ShopFinding(.permissions, .skipped, "no sources are mapped") }
        let empty = await client.sourceItems.save([])
        switch empty.refusal?.reason {
        case nil, .invalid: return ShopFinding(.permissions, .good, "source items may be read and written")
        case .noRoute: return ShopFinding(.permissions, .skipped, "the shop has no multi-source inventory")
        default: return empty.refusal.map { failed(.permissions, $0) } ?? ShopFinding(.permissions, .skipped, "unknown")
        }
    }

    /// Page sizes are limited by the same switch as items.
    private func limits() async -> ShopFinding {
        guard !expectations.sources.isEmpty else { return ShopFinding(.limits, .skipped, "no sources are mapped") }
        let query = SearchQuery(pageSize: 1_000_000, page: 1_000_000, fields: "total_count")
        let answer = await client.transport.send(
            ShopCall(.get, ["inventory", "sources"], query: query.items, effect: .read, expects: .object))
        switch answer.refusal?.reason {
        case nil: return ShopFinding(.limits, .good, "no input limits")
        case .pageLimit(let maximum):
            return ShopFinding(.limits, .good, "input limits are on: \(maximum) rows a page; batches adapt by themselves")
        default: return answer.refusal.map { failed(.limits, $0) } ?? ShopFinding(.limits, .skipped, "unknown")
        }
    }

    private func prices() async -> ShopFinding {
        do {
            guard let found = try await PriceScopeProbe(client: client, timeline: timeline).scope() else {
                return ShopFinding(.prices, .skipped, "the price scope could not be told")
            }
            guard let wanted = expectations.priceScope, wanted != found else {
                guard try await client.stores.modules().contains("Magento_CatalogStaging") else {
                    return ShopFinding(.prices, .good, "prices are \(found.rawValue)")
                }
                return ShopFinding(
                    .prices, .warning, "prices are \(found.rawValue); each special price becomes a scheduled update of the catalogue",
                    fix: "Give every special price a start and an end; windows that overlap are refused by the shop")
            }
            return ShopFinding(
                .prices, .failed, "prices are \(found.rawValue) in the shop and \(wanted.rawValue) in the settings",
                fix: "Set scope: \(found.rawValue) in the price flows, or change Stores > Configuration > Catalog > Price")
        } catch {
            return failed(.prices, error)
        }
    }

    private func failed(_ check: ShopFinding.Check, _ refusal: Refusal) -> ShopFinding {
        failed(check, refusal.diagnostic)
    }

    private func failed(_ check: ShopFinding.Check, _ error: any Error) -> ShopFinding {
        guard let diagnostic = error as? Diagnostic else {
            return ShopFinding(check, .failed, Escaped(String(describing: error)).description, fix: "Look into the shop's log")
        }
        return ShopFinding(check, .failed, diagnostic.summary, fix: diagnostic.fix)
    }
}
