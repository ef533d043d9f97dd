import Foundation
import MagentoSandbox
import Testing

/// `reconcile --adopt` from end to end, of few products, which are asked for by name, and of many, whose pages are read.
struct AdoptRunTests {
    private static func sku(_ number: Int) -> String { "P\(1000 + number)" }

    private static func with(_ count: Int, _ body: (Installation) async throws -> Void) async throws {
        var state = ShopState.empty
        for number in 0..<count { state.catalogue.add(sku: sku(number)) }
        try await Installation.with(state) { installation in
            try installation.write(
                """
                \(installation.settingsHead)
                flows:
                  stock:
                    pull: {endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {move: archive}}
                    profile: generic/stock
                    stock: {warehouses: {LDS: main, NCL: north}, reservations: off}
                    gates: {to_zero: off, rejected: off, unknown: off}

                """, to: "tallyman.yaml")
            try drop(count, minute: 1, in: installation)
            let first = try await installation.tallyman("run", "stock")
            #expect(first.exit == 0, "\(first.all)")
            try await body(installation)
        }
    }

    private static func drop(_ count: Int, minute: Int, in installation: Installation) throws {
        try installation.drop("s\(minute).csv", (0..<count).map { Installation.line(sku($0), "10") }, minute: minute)
    }

    /// Somebody's hand: one too high, one too low, and one whose rows are gone with it.
    private static func disturb(_ installation: Installation) {
        installation.shop.withState { state in
            state.sourceItems.upsert(sku: sku(1), source: "main", quantity: Quantity(25), isInStock: true)
            state.sourceItems.upsert(sku: sku(2), source: "main", quantity: Quantity(0), isInStock: false)
            state.sourceItems.delete([(sku(3), "main"), (sku(3), "north")])
            state.catalogue.remove(sku(3))
        }
    }

    @Test(arguments: [6, 1300])
    func `what differs is told, taken over on request and only then, once, and the next full file puts right what can be`(_ count: Int) async throws {
        try await Self.with(count) { installation in
            Self.disturb(installation)
            let posts = installation.requests("POST")

            let told = try await installation.tallyman("reconcile", "stock")
            let adopted = try await installation.tallyman("reconcile", "stock", "--adopt")
            let again = try await installation.tallyman("reconcile", "stock", "--adopt")
            let unsent = installation.requests("POST") == posts
            try Self.drop(count, minute: 2, in: installation)
            let run = try await installation.tallyman("run", "stock")
            let after = try await installation.tallyman("reconcile", "stock")

            #expect(told.exit == 3 && told.output.contains("2 differ + 1 missing"), "\(told.all)")
            #expect(adopted.exit == 3 && adopted.output.contains("\(count) compared = \(count - 3) match + 2 differ + 1 missing"), "\(adopted.all)")
            #expect(adopted.output.contains("the shop's values were taken over"), "\(adopted.all)")
            // There is nothing left to take over, and nothing was sent.
            #expect(
                again.exit == 0 && again.output.contains("\(count - 1) compared = \(count - 1) match + 0 differ + 0 missing") && unsent,
                "\(again.all)")
            // The file tells the same as the first one, and is no duplicate: the shop was known to differ.
            #expect(run.output.contains("2 applied") && run.output.contains("1 rejected"), "\(run.all)")
            #expect(installation.quantity(Self.sku(1)) == "10" && installation.quantity(Self.sku(2)) == "10")
            #expect(installation.quantity(Self.sku(3)) == nil && after.exit == 0, "\(after.all)")
        }
    }

    @Test func `a comparison that the shop does not let happen takes nothing over`() async throws {
        try await Self.with(6) { installation in
            Self.disturb(installation)
            let rights = installation.shop.withState { $0.access.integrations.map(\.resources) }
            installation.shop.withState { state in
                for index in state.access.integrations.indices {
                    state.access.integrations[index].resources = .only([
                        "Magento_Backend::store", "Magento_Catalog::products", "Magento_Sales::actions_view",
                    ])
                }
            }

            let refused = try await installation.tallyman("reconcile", "stock", "--adopt")
            installation.shop.withState { state in
                for (index, resources) in rights.enumerated() { state.access.integrations[index].resources = resources }
            }
            let allowed = try await installation.tallyman("reconcile", "stock")

            #expect(refused.exit != 0 && refused.all.contains("SHOP-PERMISSION"), "\(refused.all)")
            #expect(allowed.exit == 3 && allowed.output.contains("2 differ + 1 missing"), "\(allowed.all)")
        }
    }
}
