import Foundation
import MagentoSandbox
import Testing

/// Products that were written to before, and what the shop does to them between two plans (F56, F74): asked by the cheapest question, with
/// every way to write stock.
struct KnownProductTests {
    enum Route: String, CaseIterable, Sendable { case sourceItems = "source-items", stockItems = "stock-items" }

    private static func with(_ route: Route, _ body: (Installation) async throws -> Void) async throws {
        var state = ShopState.empty
        for sku in ["AB-1", "AB-2", "AB-3", "SET"] { state.catalogue.add(sku: sku) }
        try await Installation.with(state) { installation in
            let warehouses = route == .sourceItems ? "{LDS: main}" : "{aggregate: {source: default}}"
            try installation.write(
                """
                \(installation.settingsHead)
                flows:
                  stock:
                    pull: {endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {move: archive}}
                    profile: generic/stock
                    stock: {warehouses: \(warehouses), api: \(route.rawValue), reservations: off}
                    gates: {to_zero: 100%, rejected: off, unknown: off}

                """, to: "tallyman.yaml")
            try drop("s1.csv", "10", minute: 1, in: installation)
            let first = try await installation.tallyman("run", "stock")
            #expect(first.exit == 0, "\(first.all)")
            try await body(installation)
        }
    }

    private static func drop(_ name: String, _ quantity: String, minute: Int, in installation: Installation) throws {
        try installation.drop(name, ["AB-1", "AB-2", "AB-3", "SET"].map { Installation.line($0, quantity) }, minute: minute)
    }

    private static func quantity(_ sku: String, _ route: Route, in installation: Installation) -> String? {
        installation.quantity(sku, route == .sourceItems ? "main" : "default")
    }

    private static func calls(_ route: String, in installation: Installation) -> Int {
        installation.shop.journal.entries.count { $0.event == .arrived && $0.path.hasSuffix(route) }
    }

    @Test(arguments: Route.allCases)
    func `a known product is proved by one call for base prices, and the search is asked only what was changed`(_ route: Route) async throws {
        try await Self.with(route) { installation in
            let before = Self.calls("/products", in: installation)
            try Self.drop("s2.csv", "20", minute: 2, in: installation)

            let ending = try await installation.tallyman("run", "stock")

            #expect(ending.exit == 0 && Self.quantity("AB-1", route, in: installation) == "20", "\(ending.all)")
            #expect(Self.calls("base-prices-information", in: installation) == 1)
            // What the shop has changed since is one question, whatever the plan holds.
            #expect(Self.calls("/products", in: installation) == before + 1)
        }
    }

    @Test(arguments: Route.allCases)
    func `F56 F74 a product deleted, or made a composite, between two plans is never written and is named`(_ route: Route) async throws {
        try await Self.with(route) { installation in
            installation.shop.withState { state in
                state.catalogue.remove("AB-2")
                state.catalogue.update("SET") { $0.kind = .configurable }
            }
            try Self.drop("s2.csv", "20", minute: 2, in: installation)

            let ending = try await installation.tallyman("run", "stock")

            #expect(Self.quantity("AB-1", route, in: installation) == "20")
            #expect(Self.quantity("AB-2", route, in: installation) == "10" && Self.quantity("SET", route, in: installation) == "10")
            let errors = try await installation.tallyman("errors")
            #expect(errors.all.contains("AB-2") && errors.all.contains("SET"), "\(ending.all)\(errors.all)")
        }
    }

    @Test(arguments: Route.allCases)
    func `F74 a product whose letters change case between two plans is written as the shop spells it, and back again`(_ route: Route) async throws {
        try await Self.with(route) { installation in
            for (round, spelling) in ["ab-1", "AB-1", "Ab-1"].enumerated() {
                // By its staff, or as another product under the same code.
                installation.shop.withState { state in
                    if round == 1 {
                        state.catalogue.remove("AB-1")
                        state.catalogue.add(sku: spelling)
                    } else {
                        state.catalogue.update("AB-1") { $0.sku = spelling }
                    }
                }
                let seen = installation.shop.journal.entries.count
                try Self.drop("s\(round + 2).csv", "\(20 + round)", minute: round + 2, in: installation)

                let ending = try await installation.tallyman("run", "stock")

                #expect(ending.exit == 0 && Self.quantity("AB-1", route, in: installation) == "\(20 + round)", "\(ending.all)")
                let saved = installation.shop.journal.entries.dropFirst(seen).flatMap { entry -> [String] in
                    if case .committed(let items) = entry.event { items.map(\.key) } else { [] }
                }
                #expect(saved.contains { $0.hasPrefix("\(spelling)@") || $0.contains(spelling) }, "round \(round): \(saved)")
            }
        }
    }

    @Test func `a product renamed while another plan was made is found by the first plan that has it`() async throws {
        try await Self.with(.sourceItems) { installation in
            installation.shop.withState { $0.catalogue.update("AB-1") { $0.sku = "ab-1" } }
            try installation.drop(
                "s2.csv",
                ["AB-1,10", "AB-2,30", "AB-3,10", "SET,10"].map {
                    Installation.line(String($0.split(separator: ",")[0]), String($0.split(separator: ",")[1]))
                },
                minute: 2)
            _ = try await installation.tallyman("run", "stock")
            let seen = installation.shop.journal.entries.count
            try Self.drop("s3.csv", "40", minute: 3, in: installation)

            _ = try await installation.tallyman("run", "stock")

            let saved = installation.shop.journal.entries.dropFirst(seen).flatMap { entry -> [String] in
                if case .committed(let items) = entry.event { items.map(\.key) } else { [] }
            }
            #expect(saved.contains { $0.hasPrefix("ab-1") }, "\(saved)")
        }
    }

    @Test func `without the right to ask for base prices stock goes on by the search, and doctor says so`() async throws {
        try await Self.with(.sourceItems) { installation in
            installation.shop.withState { state in
                let rights = [
                    "Magento_Backend::store", "Magento_Backend::admin", "Magento_Catalog::products", "Magento_InventoryApi::source",
                    "Magento_InventoryApi::stock_source_item_assign", "Magento_InventoryApi::stock", "Magento_InventoryApi::stock_source_link",
                    "Magento_InventorySalesApi::stock", "Magento_Sales::actions_view",
                ]
                for index in state.access.integrations.indices { state.access.integrations[index].resources = .only(Set(rights)) }
            }
            try Self.drop("s2.csv", "20", minute: 2, in: installation)

            let ending = try await installation.tallyman("run", "stock")
            let doctor = try await installation.tallyman("doctor")

            #expect(ending.exit == 0 && installation.quantity("AB-1") == "20", "\(ending.all)")
            #expect(
                doctor.exit == 0 && doctor.all.contains("Magento_Catalog::catalog is missing: the products search is asked instead"), "\(doctor.all)")
        }
    }
}
