import Foundation
import MagentoSandbox
import Testing

/// Price files from the ERP's folder to the sandbox shop, by the program itself.
struct PriceRunTests {
    private static let products = [("A", "10.00"), ("B", "20.00"), ("C", "30.00"), ("D", "40.00"), ("E", "50.00")]

    private static var state: ShopState {
        var state = ShopState.empty
        for (sku, price) in products { state.catalogue.add(sku: sku, price: Money(numeric: price) ?? .zero) }
        state.customerGroups.append(CustomerGroup(id: 11, code: "Club"))
        return state
    }

    private static func with(_ group: String, _ body: (Installation) async throws -> Void) async throws {
        try await Installation.with(state) { installation in
            try installation.write(settings(installation, group), to: "tallyman.yaml")
            for (file, text) in profile { try installation.write(text, to: "profiles/test/prices/\(file)") }
            try await body(installation)
        }
    }

    private static func settings(_ installation: Installation, _ group: String) -> String {
        """
        \(installation.settingsHead)
        profiles: profiles
        flows:
          prices:
            pull: {endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {move: archive}}
            profile: test/prices
            \(group)

        """
    }

    private static let profile = [
        "dialect.json": #"{"delimiter": ",", "header": true}"#,
        "schema.json": """
        {"fields": [{"name": "sku", "type": "string"}, {"name": "price", "type": "number"},
          {"name": "from", "type": "date", "format": "%Y-%m-%d"}]}
        """,
        "profile.json": """
        {"title": "test prices", "mode": "full", "fields": {"sku": {"column": "sku", "blank": "reject"}, "price": {"column": "price"},
          "tier_price": {"column": "price"}, "valid_from": {"column": "from"}, "group": {"constant": "A"}, "quantity": {"constant": "1"}},
          "event_time": {"source": "modified"}}
        """,
    ]

    private static func drop(_ prices: [(String, String)], in installation: Installation, minute: Int) throws {
        let text = (["sku,price,from"] + prices.map { "\($0.0),\($0.1)," }).map { $0 + "\n" }.joined()
        try installation.drop("prices-\(minute).csv", content: Data(text.utf8), minute: minute)
    }

    private static func base(_ sku: String, _ installation: Installation) -> String? {
        installation.shop.withState { state in
            state.catalogue[sku].flatMap { state.prices.base[.init(product: $0.id, store: 0)] ?? $0.price }.map(\.number)
        }
    }

    @Test func `C6 prices go in, a jump is held, and rollback puts every price back`() async throws {
        try await Self.with("prices: {}") { installation in
            try Self.drop([("A", "11.00"), ("B", "21.00"), ("C", "31.00")], in: installation, minute: 1)
            let first = try await installation.tallyman("run", "prices")
            #expect(first.exit == 0 && first.output.contains("prices: 3 read = 3 applied"), "\(first.all)")
            #expect(Self.base("A", installation) == "11")

            try Self.drop([("A", "110.00"), ("B", "21.50"), ("C", "31.00")], in: installation, minute: 2)
            let held = try await installation.tallyman("run", "prices")
            #expect(held.exit == 4 && held.output.contains("gate tenfold"), "\(held.all)")
            #expect(held.output.contains("A 11.00 → 110.00"))
            _ = try await installation.tallyman("discard", "2")

            let undone = try await installation.tallyman("rollback", "1")
            #expect(undone.exit == 0 && undone.output.contains("prices: 3 read = 3 applied"), "\(undone.all)")
            for (sku, price) in Self.products { #expect(Self.base(sku, installation) == Money(numeric: price)?.number, "\(sku)") }
        }
    }

    @Test func `V2 a customer group that was renamed stops the job until someone accepts it`() async throws {
        try await Self.with("tier_prices: {groups: {A: Club}}") { installation in
            try Self.drop([("A", "8.00")], in: installation, minute: 1)
            let first = try await installation.tallyman("run", "prices")
            #expect(first.exit == 0, "\(first.all)")
            installation.shop.withState { state in
                state.customerGroups.removeAll { $0.id == 11 }
                state.customerGroups.append(CustomerGroup(id: 12, code: "Club"))
            }
            try Self.drop([("A", "7.50")], in: installation, minute: 2)

            let stopped = try await installation.tallyman("run", "prices")
            #expect(stopped.exit == 1 && stopped.all.contains("GROUP-CHANGED"), "\(stopped.all)")

            _ = try await installation.tallyman("groups", "prices", "--accept")
            let again = try await installation.tallyman("run", "prices")
            #expect(again.exit == 0, "\(again.all)")
        }
    }

    @Test func `V1 a trade price that guests would see is stopped at the canary and put back`() async throws {
        // The shop's price module gives group 11's price to everybody: what no check of the plan can know.
        try await Self.with("tier_prices: {groups: {A: Club}, guest_check: {settle: 0s, canaries: [C]}}") { installation in
            installation.shop.withState { $0.storefront.leaks = [.group(11)] }
            try Self.drop([("A", "8.00"), ("B", "16.00"), ("C", "24.00"), ("D", "32.00"), ("E", "40.00")], in: installation, minute: 1)

            let run = try await installation.tallyman("run", "prices")

            #expect(run.exit == 1 && run.all.contains("GUEST-SEES"), "\(run.all)")
            #expect(run.all.contains("C: a guest gets 24.00"))
            let tiers = installation.shop.withState { state in state.catalogue.products.flatMap { state.prices.tiers[$0.id] ?? [] } }
            #expect(tiers.isEmpty)
            let sent = installation.shop.journal.entries.count { $0.event == .arrived && $0.path.hasSuffix("tier-prices") }
            #expect(sent == 1, "only the canary went out")
        }
    }

    @Test func `V1 a trade price that a test account of no group would get is stopped at the canary and put back`() async throws {
        let shoppers = "shoppers: {retail: {email: retail@test.example, password: {file: retail_password}}}"
        try await Self.with("tier_prices: {groups: {A: Club}, guest_check: {settle: 0s, canaries: [C], \(shoppers)}}") { installation in
            try installation.write("hush", to: "secrets/retail_password")
            installation.shop.withState { state in
                // Somebody put the account that is like everybody's into the trade group.
                state.customers.append(
                    ShopCustomer(id: 900, email: "retail@test.example", firstName: "T", lastName: "T", groupID: 11))
                state.access.customerPasswords["retail@test.example"] = "hush"
            }
            try Self.drop([("A", "8.00"), ("C", "24.00")], in: installation, minute: 1)

            let run = try await installation.tallyman("run", "prices")

            #expect(run.exit == 1 && run.all.contains("C: the account retail gets 24.00"), "\(run.all)")
            #expect(!run.all.contains("hush"))
            let tiers = installation.shop.withState { state in state.catalogue.products.flatMap { state.prices.tiers[$0.id] ?? [] } }
            #expect(tiers.isEmpty)
        }
    }

    @Test func `V1 a clean trade list goes out whole, watched wave by wave`() async throws {
        try await Self.with("tier_prices: {groups: {A: Club}, guest_check: {settle: 0s}}") { installation in
            try Self.drop([("A", "8.00"), ("B", "16.00"), ("C", "24.00"), ("D", "32.00"), ("E", "40.00")], in: installation, minute: 1)

            let run = try await installation.tallyman("run", "prices")

            #expect(run.exit == 0 && run.output.contains("tier_prices: 5 read = 5 applied"), "\(run.all)")
        }
    }

    @Test func `a price of tomorrow waits, and why tells what it will be`() async throws {
        try await Self.with("prices: {without_end: until-next}") { installation in
            let text = "sku,price,from\nA,10.50,2026-01-01\nA,11.00,2099-01-01\n"
            try installation.drop("p.csv", content: Data(text.utf8), minute: 1)

            let run = try await installation.tallyman("run", "prices")
            let why = try await installation.tallyman("why", "A")

            #expect(run.exit == 0 && run.output.contains("scheduled"), "\(run.all)")
            #expect(run.output.contains("prices: 2 read = 1 applied + 1 deferred"))
            #expect(why.output.contains("11.00") && why.output.contains("10.50"), "\(why.all)")
            #expect(Self.base("A", installation) == "10.5")
        }
    }
}
