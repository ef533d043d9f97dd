import MagentoSandbox
import Testing

/// A source that the settings spell otherwise than the shop does.
struct SourceSpellingTests {
    @Test(arguments: ["MAIN", "Main"])
    func `a source in other letters than the shop's is refused with its line before anything is sent`(_ named: String) async throws {
        var settings = SettingsText()
        settings.stock = ["warehouses: {LDS: \(named)}"]
        try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "7")], minute: 1)

            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit != 0 && run.all.contains("names the source \(named), which the shop spells main"), "\(run.all)")
            #expect(installation.requests("POST") == 0)
        }
    }

    @Test func `the shop is asked about its sources only when there is something to ask it about`() async throws {
        try await Installation.with { installation in
            let idle = try await installation.tallyman("run", "stock")
            #expect(idle.exit == 0 && installation.shop.journal.entries.isEmpty, "\(idle.all)")

            try installation.drop("one.csv", [Installation.line("A", "7")], minute: 1)
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 0 && installation.quantity("A") == "7", "\(run.all)")
            #expect(installation.shop.journal.entries.count { $0.event == .arrived && $0.path.contains("inventory/sources") } == 1)
        }
    }
}
