import Foundation
import MagentoSandbox
import Testing

@testable import tallyman

/// What `doctor` finds before it hurts.
struct DoctorTests {
    private static func lines(_ installation: Installation) async throws -> [(check: String, verdict: String, text: String, fix: String)] {
        (try await installation.tallyman("doctor", "--json").json().elements ?? []).map {
            ($0["check"]?.text ?? "", $0["verdict"]?.text ?? "", $0["text"]?.text ?? "", $0["fix"]?.text ?? "")
        }
    }

    @Test func `C251 a right that a flow lacks is found before it is needed, and nothing is changed by looking`() async throws {
        var settings = SettingsText()
        settings.lines = [
            "  despatches:", "    pull: {endpoint: erp, folder: despatched, files: \"D*.csv\", settle: 0s}", "    profile: sage50/despatches",
            "    despatches: {warehouses: {LDS: main}}",
        ]
        var state = ShopState.small
        state.access.integrations[0].resources = .only([
            "Magento_Backend::store", "Magento_Backend::admin", "Magento_Catalog::products", "Magento_InventoryApi::source",
            "Magento_InventoryApi::stock",
            "Magento_InventoryApi::stock_source_item_assign", "Magento_InventorySalesApi::stock", "Magento_Sales::actions_view",
            "Magento_Sales::shipment",
        ])
        try await Installation.with(state, settings: settings) { installation in
            let lines = try await Self.lines(installation)

            let stock = lines.first { $0.check == "rights stock" }
            let despatches = lines.filter { $0.check == "rights despatches" }
            #expect(stock?.verdict == "good" && stock?.text == "read products, save quantities, see what is on sale", "\(lines)")
            #expect(despatches.map(\.verdict) == ["failed"] && despatches.first?.text.contains("Magento_Sales::ship") == true, "\(lines)")
            #expect(despatches.first?.fix.contains("counts at once") == true)
            #expect(installation.commits.isEmpty)
        }
    }

    @Test func `each line that is not good says what to do about it`() async throws {
        var settings = SettingsText()
        settings.stock = ["warehouses: {LDS: nowhere}"]
        try await Installation.with(settings: settings) { installation in
            let lines = try await Self.lines(installation)

            #expect(lines.contains { $0.verdict == "failed" } && lines.contains { $0.verdict == "warning" })
            for line in lines where line.verdict == "failed" || line.verdict == "warning" { #expect(!line.fix.isEmpty, "\(line.check)") }
        }
    }

    @Test func `F85 a state folder on a network disk is named by doctor, and one of this machine is not`() async throws {
        try await Installation.with { installation in
            let line = try await Self.lines(installation).first { $0.check == "disk" }

            #expect(line?.verdict == "good", "\(String(describing: line))")
        }
        let mounts = """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            30 22 0:44 / /srv/erp\\040share rw - nfs4 nas:/erp rw
            31 22 8:2 / /srv/erp\\040share/local rw - xfs /dev/sdb1 rw
            32 22 0:45 / /mnt/ssh rw - fuse.sshfs a:/ rw
            """
        func kind(_ folder: String) -> DiskKind? { DiskKind(folder: folder, mounts: mounts) }
        #expect(kind("/srv/erp share/state")?.isRemote == true && kind("/srv/erp share/state")?.name == "nfs4")
        #expect(kind("/srv/erp share/local/state")?.isRemote == false && kind("/srv/erp shared")?.name == "ext4")
        #expect(kind("/mnt/ssh")?.isRemote == true && DiskKind(folder: "/x", mounts: "nonsense") == nil)
    }

    @Test func `a credential and weak algorithms that end soon are a warning, and a failure once they have ended, whether the server answers or not`()
        async throws
    {
        try await Installation.with { installation in
            let fingerprint = "SHA256:" + String(repeating: "A", count: 43)
            let soon = Date.now.addingTimeInterval(5 * 86_400).ISO8601Format().prefix(10)
            var settings = SettingsText()
            settings.url = installation.server.url
            settings.endpoint =
                "sftp: {host: 127.0.0.1, port: 1, user: u, password: {env: MAGENTO_ACCESS_TOKEN}, host_keys: ['\(fingerprint)'], "
                + "legacy_algorithms: [hmac-sha1], legacy_until: 2020-01-31, credential_until: \(soon), connect_deadline: 1s}"
            try installation.write(settings)

            let lines = try await Self.lines(installation)

            let legacy = lines.first { $0.check == "endpoint erp legacy_until" }
            let credential = lines.first { $0.check == "endpoint erp credential_until" }
            #expect(legacy?.verdict == "failed" && legacy?.text.contains("2020-01-31") == true, "\(lines)")
            #expect(credential?.verdict == "warning" && credential?.text.contains("in 5 days, with \(soon)") == true, "\(lines)")
            #expect(credential?.fix.contains("credential_until") == true && legacy?.fix.contains("Ed25519") == true)
        }
    }

    @Test func `C160 a product that stands at its source and cannot be sold is named`() async throws {
        var state = ShopState.small
        state.stocks = [InventoryStock(id: 2, name: "UK", websites: ["base"])]
        state.links = [StockSourceLink(stockID: 2, source: "main", priority: 1)]
        try await Installation.with(state) { installation in
            try installation.drop("one.csv", [Installation.line("A", "7"), Installation.line("B", "9")], minute: 1)
            _ = try await installation.tallyman("run", "stock")
            let before = try await Self.lines(installation).first { $0.check == "salable" }
            installation.shop.withState { $0.reservations.append(.init(stockID: 2, sku: "B", quantity: Quantity(-9))) }
            let after = try await Self.lines(installation).first { $0.check == "salable" }

            #expect(before?.verdict == "good", "\(String(describing: before))")
            #expect(
                after?.verdict == "warning" && after?.text.hasSuffix("such as B") == true && after?.fix.isEmpty == false,
                "\(String(describing: after))")
        }
    }
}
