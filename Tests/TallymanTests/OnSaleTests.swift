import Foundation
import MagentoSandbox
import TestKit
import Testing

/// Products that stand at their sources and nobody can buy, from the operator's side.
struct OnSaleTests {
    private static func published(_ settings: SettingsText = SettingsText(), _ body: (Installation) async throws -> Void) async throws {
        try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "7"), Installation.line("B", "9")], minute: 1)
            _ = try await installation.tallyman("run", "stock")
            try await body(installation)
        }
    }

    private static func sells(_ sku: String, _ installation: Installation) -> Bool {
        installation.shop.withState { $0.salableQuantity(sku: sku, stockID: 2) ?? .zero } > .zero
    }

    @Test func `C160 C162 what the shop's index has lost is found, put back on sale on request, and told until a look finds nothing`() async throws {
        try await Self.published { installation in
            let good = try await installation.tallyman("reconcile", "stock")
            installation.shop.withState { $0.stockIndex.lose(sku: "B", stockID: 2) }

            let posts = installation.requests("POST")
            let found = try await installation.tallyman("reconcile", "stock")
            _ = try await installation.tallyman("status", "--check")
            let grave = try await installation.tallyman("alarms")
            let nothingSent = installation.requests("POST") == posts && !Self.sells("B", installation)
            let mended = try await installation.tallyman("reconcile", "stock", "--mend")
            _ = try await installation.tallyman("status", "--check")
            let told = try await installation.tallyman("alarms")
            let again = try await installation.tallyman("reconcile", "stock", "--json")
            _ = try await installation.tallyman("status", "--check")
            let over = try await installation.tallyman("alarms")

            #expect(good.exit == 0 && good.output.contains("stock · on sale: 10 products in stock, 0 that nobody can buy"), "\(good.all)")
            #expect(found.exit == 3 && found.output.contains("1 that nobody can buy (B)") && nothingSent, "\(found.all)")
            #expect(grave.output.contains("NOT-ON-SALE") && grave.output.contains("red"), "\(grave.all)")
            #expect(mended.exit == 0 && mended.output.contains("1 put back on sale (B)") && Self.sells("B", installation), "\(mended.all)")
            #expect(installation.quantity("B") == "9")
            #expect(told.output.contains("had vanished from the shop's index"), "\(told.all)")
            #expect(try again.json().elements?.last?["sale"]?["denied"]?.elements?.isEmpty == true, "\(again.all)")
            #expect(!over.output.contains("NOT-ON-SALE"), "\(over.all)")
        }
    }

    @Test func `a reservation that no order holds is named by reconcile on request, told as an alarm, and over once it is compensated`() async throws
    {
        try await Self.published { installation in
            let good = try await installation.tallyman("reconcile", "stock", "--reservations")
            installation.shop.withState { $0.reservations.append(Reservation(stockID: 2, sku: "A", quantity: Quantity(-3))) }

            let unasked = try await installation.tallyman("reconcile", "stock")
            let found = try await installation.tallyman("reconcile", "stock", "--reservations")
            let told = try await installation.tallyman("reconcile", "stock", "--reservations", "--json")
            _ = try await installation.tallyman("status", "--check")
            let alarm = try await installation.tallyman("alarms")
            installation.shop.withState { $0.reservations.append(Reservation(stockID: 2, sku: "A", quantity: Quantity(3))) }
            let over = try await installation.tallyman("reconcile", "stock", "--reservations")

            #expect(good.exit == 0 && good.output.contains("no reservation without an open order"), "\(good.all)")
            #expect(unasked.exit == 0 && !unasked.output.contains("reserv"), "\(unasked.all)")
            #expect(found.exit == 3 && found.output.contains("1 reserved otherwise than open orders hold (A: 3)"), "\(found.all)")
            #expect(try told.json().elements?.last?["sale"]?["strayReservations"]?["A"]?.text == "3", "\(told.all)")
            #expect(alarm.output.contains("NOT-ON-SALE") && alarm.output.contains("A: 3"), "\(alarm.all)")
            #expect(over.exit == 0, "\(over.all)")
        }
    }

    @Test func `C160 serve puts back on sale what was lost, by its schedule, says so and counts it`() async throws {
        var settings = SettingsText()
        settings.flowLines = ["schedule: \"every 1h\"", "reconcile: {schedule: \"every 1h\", sale: mend}"]
        settings.lines = ["serve: {listen: \"127.0.0.1:0\"}"]
        try await Self.published(settings) { installation in
            installation.shop.withState { $0.stockIndex.lose(sku: "A", stockID: 2) }
            try await installation.makeDue("stock/reconcile")

            let serve = try installation.program.start(["serve"])
            try await installation.wait(for: "1 put back on sale (A)", from: serve)
            try await installation.wait(for: "code=NOT-ON-SALE", from: serve)
            let port = try #require(Installation.text(of: serve).firstMatch(of: #/address=127.0.0.1:(\d+)/#).map { String($0.1) })
            let metrics = try await Python.run(
                "import sys, urllib.request; print(urllib.request.urlopen(f'http://127.0.0.1:{sys.argv[1]}/metrics').read().decode())", [port])
            _ = await installation.end(serve)

            #expect(metrics.contains("tallyman_flow_not_on_sale{flow=\"stock\"} 0\n"), "\(metrics)")
            #expect(metrics.contains("tallyman_flow_put_on_sale{flow=\"stock\"} 1\n"))
            #expect(Self.sells("A", installation) && installation.quantity("A") == "7")
        }
    }
}
