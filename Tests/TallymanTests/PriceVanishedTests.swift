import Foundation
import MagentoSandbox
import Testing

/// Products that had prices sent before, and what the shop does to them between two plans (F56, F74): on every route of prices. Their routes
/// refuse a product that the shop does not have, so nothing is asked beforehand and nothing is written either.
struct PriceVanishedTests {
    enum Route: String, CaseIterable, Sendable {
        case base = "prices: {}"
        case special = "special_prices: {}"
        case tier = "tier_prices: {groups: {A: Club}}"
        case cost = "cost: {}"

        /// How the journal of the shop names what was saved.
        var key: String {
            switch self {
            case .base: "price:"
            case .special: "special:"
            case .tier: "tier:"
            case .cost: "cost:"
            }
        }
    }

    private static func with(_ route: Route, _ body: (Installation) async throws -> Void) async throws {
        var state = ShopState.empty
        for sku in ["AB-1", "AB-2", "AB-3"] { state.catalogue.add(sku: sku, price: Money(10)) }
        state.customerGroups.append(CustomerGroup(id: 11, code: "Club"))
        try await Installation.with(state) { installation in
            try installation.write(
                """
                \(installation.settingsHead)
                profiles: profiles
                flows:
                  prices:
                    pull: {endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {move: archive}}
                    profile: test/prices
                    \(route.rawValue)
                    gates: {rejected: off, unknown: off}

                """, to: "tallyman.yaml")
            for (file, text) in profile { try installation.write(text, to: "profiles/test/prices/\(file)") }
            try drop("9.50", minute: 1, in: installation)
            let first = try await installation.tallyman("run", "prices")
            #expect(first.exit == 0 && first.output.contains("3 applied"), "\(first.all)")
            try await body(installation)
        }
    }

    private static let profile = [
        "dialect.json": #"{"delimiter": ",", "header": true}"#,
        "schema.json": #"{"fields": [{"name": "sku", "type": "string"}, {"name": "price", "type": "number"}]}"#,
        "profile.json": """
        {"title": "test prices", "mode": "full", "fields": {"sku": {"column": "sku", "blank": "reject"}, "price": {"column": "price"},
          "special_price": {"column": "price"}, "tier_price": {"column": "price"}, "unit_cost": {"column": "price"},
          "group": {"constant": "A"}, "quantity": {"constant": "1"}}, "event_time": {"source": "modified"}}
        """,
    ]

    private static func drop(_ price: String, minute: Int, in installation: Installation) throws {
        let text = "sku,price\n" + ["AB-1", "AB-2", "AB-3"].map { "\($0),\(price)\n" }.joined()
        try installation.drop("p\(minute).csv", content: Data(text.utf8), minute: minute)
    }

    /// What was saved by the route since, by its names in the journal.
    private static func saved(_ route: Route, _ installation: Installation, since seen: Int) -> [String] {
        var keys: [String] = []
        for entry in installation.shop.journal.entries.dropFirst(seen) {
            guard case .committed(let items) = entry.event else { continue }
            for item in items where item.key.hasPrefix(route.key) { keys.append(item.key) }
        }
        return keys
    }

    @Test(arguments: Route.allCases)
    func `F56 a product deleted between two plans gets no price and is named, and the others get theirs`(_ route: Route) async throws {
        try await Self.with(route) { installation in
            installation.shop.withState { $0.catalogue.remove("AB-2") }
            let seen = installation.shop.journal.entries.count
            try Self.drop("9.25", minute: 2, in: installation)

            let ending = try await installation.tallyman("run", "prices")

            let saved = Self.saved(route, installation, since: seen).joined(separator: " ")
            #expect(saved.contains("AB-1") && saved.contains("AB-3"), "\(saved)\(ending.all)")
            #expect(!saved.contains("AB-2"), "\(saved)")
            let errors = try await installation.tallyman("errors")
            #expect(errors.all.contains("AB-2") && !errors.all.contains("AB-1"), "\(errors.all)")
        }
    }

    @Test(arguments: Route.allCases)
    func `F74 a product whose letters change case between two plans gets its price, and no second one besides`(_ route: Route) async throws {
        try await Self.with(route) { installation in
            installation.shop.withState { $0.catalogue.update("AB-1") { $0.sku = "ab-1" } }
            let seen = installation.shop.journal.entries.count
            try Self.drop("9.25", minute: 2, in: installation)

            let ending = try await installation.tallyman("run", "prices")
            let settled = try await installation.tallyman("run", "prices")

            let saved = Set(Self.saved(route, installation, since: seen)).sorted().joined(separator: " ")
            #expect(ending.exit == 0 && settled.exit == 0, "\(ending.all)\(settled.all)")
            #expect(saved.contains("ab-1") && !saved.contains("AB-1"), "\(saved)")
        }
    }
}
