import Foundation
import MagentoSandbox
import Testing

@testable import tallyman

/// What a person sees who has to decide about a held plan, or about taking a run back.
struct HeldPlanTests {
    @Test func `a held plan is shown with each gated row, the setting of its gate, and old and new values with per cent`() async throws {
        var settings = SettingsText()
        settings.gates = "{to_zero: 10%}"
        try await Installation.with(settings: settings) { installation in
            let lines = ["A", "B", "C", "D"].map { Installation.line($0, "0") } + [Installation.line("E", "6"), Installation.line("F", "4")]
            try installation.drop("one.csv", lines + ["G", "H", "I", "J"].map { Installation.line($0, "5") }, minute: 1)
            let run = try await installation.tallyman("run", "stock")
            let show = try await installation.tallyman("show", "1")
            let json = try await installation.tallyman("show", "1", "--json").json()

            #expect(run.exit == 4 && run.output.contains("    setting: flows.stock.gates.to_zero\n"), "\(run.all)")
            for sku in ["A", "B", "C", "D"] { #expect(show.output.contains("\(sku) main 5 → main 0"), "\(show.all)") }
            #expect(
                show.output.contains(#/E +deferred +main 5 +main 6 +\+20 %/#) && show.output.contains(#/F +deferred +main 5 +main 4 +-20 %/#),
                "\(show.all)")
            #expect(json["gated"]?.elements?.count == 4, "\(json)")
            #expect(json["plans"]?.elements?.first?["findings"]?.elements?.first?["setting"]?.text == "flows.stock.gates.to_zero", "\(json)")
            let change = json["changes"]?.elements?.first { $0["key"]?.text == "E" }
            #expect(change?["old"]?.text == "main 5" && change?["new"]?.text == "main 6" && change?["percent"]?.text == "+20 %", "\(json)")
        }
    }

    @Test func `the reason of an approval is in the run's verdict and in the audit`() async throws {
        var settings = SettingsText()
        settings.approve = "always"
        try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "7")], minute: 1)
            _ = try await installation.tallyman("run", "stock")
            let approved = try await installation.tallyman("approve", "1", "--because", "counted by hand")
            let audit = try await installation.tallyman("audit")

            #expect(approved.exit == 0 && installation.quantity("A") == "7", "\(approved.all)")
            #expect(audit.output.contains("counted by hand"), "\(audit.all)")
        }
    }

    @Test func `a rollback that is tried shows what would be put back and what stays, and changes nothing`() async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", [Installation.line("A", "7"), Installation.line("B", "8")], minute: 1)
            _ = try await installation.tallyman("run", "stock")
            try installation.drop("two.csv", [Installation.line("A", "7"), Installation.line("B", "9")], minute: 2)
            _ = try await installation.tallyman("run", "stock")
            let commits = installation.commits

            let tried = try await installation.tallyman("rollback", "1", "--dry-run")
            let json = try await installation.tallyman("rollback", "1", "--dry-run", "--json").json()

            #expect(tried.exit == 0 && installation.commits == commits, "\(tried.all)")
            #expect(tried.output.contains("1 would be put back, 1 would stay; nothing was changed"), "\(tried.all)")
            #expect(tried.output.contains("a newer value is live and stays"), "\(tried.all)")
            #expect(json.elements?.first { $0["key"]?.text == "A" }?["restored"]?.text == "main 5", "\(json)")
            #expect(try await installation.tallyman("runs", "--json").json().elements?.count == 2)
            // What it shows is what is done.
            let done = try await installation.tallyman("rollback", "1")
            #expect(done.exit == 0 && installation.quantity("A") == "5" && installation.quantity("B") == "9", "\(done.all)")
        }
    }

    @Test func `each gate that can hold a plan has a setting that exists, or none where only a person decides`() throws {
        let gates = try DocsProject.code(below: "Sources").matches(of: /(?:gate|mark): "([a-z_]+)"/).map { String($0.1) }
        #expect(Set(gates).count > 15)
        for gate in Set(gates).subtracting(["taken_back"]) {
            let entities = EntityCatalogue.names + ["orders"]
            let paths = Set(entities.compactMap { GateSetting.path(of: gate, entity: $0, flow: "FLOW") })
            #expect(!paths.isEmpty, "\(gate) has no setting")
            for path in paths { #expect(PackagedDocsTests.isSetting(path), "\(gate): \(path)") }
        }
    }
}
