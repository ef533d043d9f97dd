import Foundation
import MagentoSandbox
import Testing

/// Faults that people make: another shop under the same ledger, and hands in the folders (reliability F102, F103).
struct WrongHomeTests {
    @Test func `F102 settings that name another shop change nothing anywhere until a person has confirmed it`() async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", [Installation.line("A", "7")], minute: 1)
            _ = try await installation.tallyman("run", "stock")
            var settings = installation.settings
            // The same machine under another name stands for another shop.
            settings.url = settings.url.replacing("127.0.0.1", with: "localhost")
            try installation.write(settings)
            try installation.drop("two.csv", [Installation.line("A", "3")], minute: 2)
            let saves = installation.requests("POST")

            let run = try await installation.tallyman("run", "stock")
            let plan = try await installation.tallyman("plan", "stock")
            let before = installation.quantity("A")
            let confirm = try await installation.tallyman("confirm")
            let after = try await installation.tallyman("run", "stock")

            #expect(run.exit == 1 && run.errors.contains("HOME-DIFFERS") && run.errors.contains("shop was 127.0.0.1"), "\(run.all)")
            #expect(plan.exit == 0, "looking is allowed: \(plan.all)")
            #expect(before == "7" && installation.names(in: "erp/out") == [])
            #expect(saves > 0 && confirm.output.contains("confirmed: shop was 127.0.0.1"), "\(confirm.all)")
            #expect(after.exit == 0 && installation.quantity("A") == "3", "\(after.all)")
            #expect(try await installation.query("SELECT action FROM audit") == ["('confirm',)"])
        }
    }

    @Test func `F102 another server of files under the same name stops the flow, and a new one beside it does not`() async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", [Installation.line("A", "7")], minute: 1)
            var settings = installation.settings
            settings.lines = []
            let more =
                "\n  other: {sftp: {host: one.example, user: u, identity: {file: id}, host_keys: [\"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"]}}"
            settings.endpoint += more
            try installation.write(settings)
            let first = try await installation.tallyman("run", "stock")
            settings.endpoint = settings.endpoint.replacing("one.example", with: "two.example")
            try installation.write(settings)
            try installation.drop("two.csv", [Installation.line("A", "3")], minute: 2)

            let second = try await installation.tallyman("run", "stock")

            #expect(first.exit == 0 && installation.quantity("A") == "7", "\(first.all)")
            #expect(second.exit == 1 && second.errors.contains("endpoint other was one.example:22"), "\(second.all)")
        }
    }

    @Test func `F103 a held file that is edited, moved or deleted changes nothing about its plan, and an edited one is a file of its own`()
        async throws
    {
        var settings = SettingsText()
        settings.approve = "always"
        settings.then = "leave"
        try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "7"), Installation.line("B", "7")], minute: 1)
            let held = try await installation.tallyman("run", "stock")
            try installation.drop("one.csv", [Installation.line("A", "1"), Installation.line("B", "1")], minute: 2)
            let approved = try await installation.tallyman("approve", "1")
            let quantity = installation.quantity("A")
            let again = try await installation.tallyman("run", "stock")
            try FileManager.default.removeItem(atPath: "\(installation.folder)/erp/out/one.csv")
            let second = try await installation.tallyman("approve", "2")

            #expect(held.exit == 4 && approved.exit == 0 && quantity == "7", "\(approved.all)")
            #expect(again.exit == 4, "\(again.all)")
            #expect(second.exit == 0 && installation.quantity("A") == "1", "\(second.all)")
            #expect(try await installation.query(LedgerDump.unbalanced).isEmpty)
        }
    }

    @Test func `F103 a spool that was emptied is told where its bytes are wanted, and nothing is sent in their place`() async throws {
        let orders = OrderInstallation.flow + "\n    approve: always"
        try await OrderInstallation.with(orders: orders) { installation in
            let held = try await installation.tallyman("run", "orders")
            for name in installation.names(in: "state/spool") {
                try FileManager.default.removeItem(atPath: "\(installation.folder)/state/spool/\(name)")
            }

            let approve = try await installation.tallyman("approve", "1")

            #expect(held.exit == 4)
            #expect(approve.exit != 0 && approve.all.contains("SPOOL-DAMAGED"), "\(approve.all)")
            #expect(installation.names(in: "erp/in") == [])
            #expect(try await installation.query(LedgerDump.unbalanced).isEmpty)
        }
    }
}
