import Foundation
import MagentoSandbox
import TestKit
import Testing

/// The reports of days and weeks as a person reads them, and the comparisons of orders by the program.
struct ReportTests {
    private static func today() -> String { day(of: Date()) }

    private static func day(of date: Date) -> String {
        let parts = Calendar(identifier: .gregorian).dateComponents(in: TimeZone(identifier: "Europe/London") ?? .gmt, from: date)
        return String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    }

    @Test func `C355 C332 a day's report counts records, files and orders, and says what was agreed`() async throws {
        try await OrderInstallation.with { installation in
            _ = try await installation.tallyman("run", "orders")
            try installation.write("000000101,SO-1\n000000102,,REJECTED,no such account\n", to: "erp/acks/ORD_000001.csv.ack")
            _ = try await installation.tallyman("run", "orders")

            let report = try await installation.tallyman("report", "--date", Self.today())
            let json = try await installation.tallyman("report", "--date", Self.today(), "--json").json()
            let kpi = try await installation.tallyman("report", "--kpi", "--date", Self.today())
            let page = try await installation.tallyman("report", "--date", Self.today(), "--html")

            #expect(report.exit == 0 && report.output.contains("orders: ") && report.output.contains("1 files out"), "\(report.all)")
            let orders = json["orders"]?.elements?.first
            #expect(orders?["sent"]?["count"]?.whole == 3 && orders?["acknowledged"]?["count"]?.whole == 1, "\(json)")
            #expect(orders?["refused"]?["count"]?.whole == 1 && orders?["missing"]?.elements?.first?.text == "000000103")
            #expect(kpi.output.contains("Orders: from the shop to the ERP's folder, 95 of 100"), "\(kpi.all)")
            #expect(page.output.contains("<!DOCTYPE html>") && page.output.contains("Orders that left"))
        }
    }

    /// How a subject that begins with `[OK] ` looks under way.
    private static let encodedVerdict = Data("[OK".utf8).base64EncodedString()

    @Test(.enabled(if: MailServer.isPresent, "aiosmtpd is not installed: scripts/python.sh"))
    func `I1 report --send mails a day once, and a day that is not over not at all`() async throws {
        let server = try MailServer(.plain)
        let top = ["owner: ops@acme.example", "mail: {smtp: \"smtp://127.0.0.1:\(server.port)\", from: tallyman@acme.example}"]
        try await OrderInstallation.with(top: top) { installation in
            let first = try await installation.tallyman("report", "--send")
            let again = try await installation.tallyman("report", "--send")
            let early = try await installation.tallyman("report", "--send", "--date", Self.today())

            #expect(first.exit == 0 && first.output.contains("1 mails left"), "\(first.all)")
            #expect(again.output.contains("was written before"), "\(again.all)")
            #expect(early.exit == 1 && early.errors.contains("REPORT-EARLY"), "\(early.all)")
            let mails = server.mails(atLeast: 1)
            #expect(
                mails.count == 1 && mails.first?.to == ["ops@acme.example"]
                    && mails.first?.text.contains("Subject: =?utf-8?B?\(Self.encodedVerdict)") == true, "\(mails.map(\.text))")
        }
    }

    @Test func `I3 C343 serve compares orders by its schedule, and what does not agree is an alarm until it does`() async throws {
        let orders = OrderInstallation.flow + "\n    schedule: \"every 1h\"\n    reconcile: {schedule: \"every 1h\", days: 30}"
        try await OrderInstallation.with(orders: orders) { installation in
            _ = try await installation.tallyman("run", "orders")
            let agreed = try await installation.tallyman("reconcile", "orders", "--day", "2026-11-21", "--days", "2")
            #expect(agreed.exit == 0 && agreed.output.contains("2026-11-21: 4 placed"), "\(agreed.all)")
            // One of today that the shop has and that no look has seen.
            let now = Date()
            let order = "{\"increment_id\": \"000000900\", \"items\": [{\"sku\": \"BASE-CI\"}], \"state\": \"processing\"}"
            try OrderInstallation.place(order, in: installation, at: Int64(now.timeIntervalSince1970))
            let found = try await installation.tallyman("reconcile", "orders", "--day", Self.day(of: now))
            _ = try await installation.tallyman("status", "--check")
            let alarms = try await installation.tallyman("alarms")

            #expect(found.exit == 3 && found.output.contains("000000900") && found.output.contains("not-exported"), "\(found.all)")
            #expect(alarms.output.contains("ORDERS-DIFFER"), "\(alarms.all)")

            _ = try await installation.tallyman("run", "orders")
            try await installation.makeDue("orders/reconcile")
            let serve = try installation.program.start(["serve"])
            try await installation.wait(for: "days compared, 0 do not agree", from: serve)
            _ = await installation.end(serve)
            let over = try await installation.tallyman("alarms")
            #expect(!over.output.contains("ORDERS-DIFFER"), "\(over.all)")
        }
    }

    @Test func `C358 a watch halves the limits and shows the figures, and is in the audit`() async throws {
        try await OrderInstallation.with { installation in
            let none = try await installation.tallyman("watch")
            let on = try await installation.tallyman("watch", "--hours", "72")
            let state = try await installation.tallyman("watch", "--json").json()["state"]?.text
            let off = try await installation.tallyman("watch", "--stop")

            #expect(none.output.contains("no watch is on"))
            #expect(on.exit == 0 && on.output.contains("watch is on") && on.output.contains("The figures that were agreed"), "\(on.all)")
            #expect(state == "on" && off.output.contains("no watch is on"), "\(off.all)")
            let audit = try await installation.query("SELECT action, subject FROM audit ORDER BY id")
            #expect(audit == ["('watch', 'test, 72 hours')", "('watch-stop', 'test')"])
        }
    }

    @Test func `settings of reports that go to nobody or at no time are refused`() async throws {
        for (line, text) in [("report: {daily: \"07:00\"}", "has no way to leave"), ("report: {daily: noon}", "is not a time of the day")] {
            try await OrderInstallation.with(top: [line]) { installation in
                let lint = try await installation.tallyman("lint")
                #expect(lint.exit == 2 && lint.all.contains(text), "\(lint.all)")
            }
        }
    }

    @Test(.enabled(if: MailServer.isPresent, "aiosmtpd is not installed: scripts/python.sh"))
    func `C347 serve mails the day before at its time, once, and compares values by its schedule`() async throws {
        let server = try MailServer(.plain)
        var settings = SettingsText()
        settings.flowLines = ["schedule: \"every 1h\"", "reconcile: {schedule: \"every 1h\"}"]
        settings.lines = [
            "owner: ops@acme.example", "report: {daily: \"00:00\"}",
            "mail: {smtp: \"smtp://127.0.0.1:\(server.port)\", from: tallyman@acme.example}",
        ]
        try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "7")], minute: 1)
            _ = try await installation.tallyman("run", "stock")
            installation.shop.withState { $0.sourceItems.upsert(sku: "A", source: "main", quantity: Quantity(1), isInStock: true) }
            try await installation.makeDue("stock/reconcile")
            try await installation.beOlder()
            let serve = try installation.program.start(["serve"])
            try await installation.wait(for: "1 are not as they should be", from: serve)
            try await installation.wait(for: "code=SHOP-DRIFTED", from: serve)
            let mails = server.mails(atLeast: 2)
            _ = await installation.end(serve)
            let again = try await installation.tallyman("report", "--send")

            #expect(mails.filter { $0.text.contains("Day of") }.count == 1, "\(mails.map(\.text))")
            #expect(again.output.contains("was written before"), "\(again.all)")
        }
    }
}
