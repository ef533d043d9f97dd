import Domain
import Foundation
import StateStore
import TestKit
import Testing

@testable import Reports

/// Both forms of each kind of outcome, word for word: `Fixtures/mail/NAME.txt` and `.html`. `make golden` writes them anew.
struct OutcomeMailTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/mail")

    private static func outcome(_ name: String) throws -> OutcomeWorld {
        let world = try OutcomeWorld()
        try world.run(.finished, applied: 4000, unchanged: 1000)
        switch name {
        case "ok": try world.run(.finished, applied: 4812, unchanged: 392)
        case "warn":
            try world.run(
                .finished, applied: 4812, unchanged: 385, rejected: Array(repeating: OutcomeWorld.unknown, count: 6) + [OutcomeWorld.number])
        case "action":
            try world.run(
                .held, deferred: 12,
                findings: [GateFinding(gate: "row_drop", text: "the file has 12 rows, the last good one had 5,000: 99.8 % fewer (limit 20 %)")],
                verdict: "held: row_drop")
        case "failed":
            try world.run(.failed, verdict: "CSV-CUT: the file ends inside line 4,813", file: "STOCK_<b>\u{202E}20260331.csv")
        default: try world.run(.waiting, applied: 0, deferred: 700, verdict: "the shop is closed for maintenance (503)")
        }
        return world
    }

    @Test(arguments: ["ok", "warn", "action", "failed", "waiting"])
    func `outcome mails read as they were agreed`(_ name: String) throws {
        let world = try Self.outcome(name)
        let run = try world.ledger.read { try $0.recentRuns(limit: 1)[0] }
        let outcome = try world.ledger.read { try RunOutcome(run, $0) }
        let sheet = OutcomeSheet(outcome, shop: "Acme", zone: try #require(TimeZone(identifier: "Europe/London"))) { _ in false }

        let forms = ["txt": OutcomeText.text(sheet), "html": try MailPage().html(sheet.mail)]

        for (form, text) in forms {
            let file = Self.folder.appendingPathComponent("\(name).\(form)")
            if ProcessInfo.processInfo.environment["GOLDEN"] == "write" { try Data(text.utf8).write(to: file) }
            #expect(try String(decoding: Data(contentsOf: file), as: UTF8.self) == text, "\(file.lastPathComponent)")
        }
    }

    @Test func `a mail leads to the decision, to the records of each cause and to the run, in both of its forms`() throws {
        let world = try Self.outcome("action")
        let run = try world.ledger.read { try $0.recentRuns(limit: 1)[0] }
        let outcome = try world.ledger.read { try RunOutcome(run, $0) }
        let console = ConsoleLink(url: "https://console.acme.example/", shop: "Acme & Söhne")
        let sheet = OutcomeSheet(outcome, shop: "Acme", zone: .gmt, console: console) { _ in false }

        let home = "https://console.acme.example/s/Acme%20%26%20S%C3%B6hne"
        #expect(sheet.links.last?.url == "\(home)/runs/\(run.id)")
        #expect(run.state != .held || sheet.links.first?.url == "\(home)/runs/\(run.id)/decide")
        let page = try MailPage().html(sheet.mail)
        for link in sheet.links {
            #expect(OutcomeText.text(sheet).contains(link.url))
            #expect(page.contains("href=\"\(link.url.replacing("&", with: "&amp;"))\""))
        }
        let cause = ErrorCause.Key(flow: "stock", entity: "stock", code: "NUMBER-FORMAT", field: "Qty In Stock")
        #expect(
            console.cause(cause)
                == "\(home)/errors?cause_flow=stock&cause_entity=stock&cause_code=NUMBER-FORMAT&cause_field=Qty%20In%20Stock")
    }

    private static func sheet(_ world: OutcomeWorld, isPersonal: Bool = false) throws -> OutcomeSheet {
        let run = try world.ledger.read { try $0.recentRuns(limit: 1)[0] }
        let outcome = try world.ledger.read { try RunOutcome(run, $0) }
        return OutcomeSheet(outcome, shop: "Acme", zone: .gmt) { _ in isPersonal }
    }

    @Test(arguments: [(FileMode.delta, FileMode.full), (.full, .delta), (.delta, .delta)])
    func `two files of which one lists changes only are not compared by their length`(earlier: FileMode, later: FileMode) throws {
        let world = try OutcomeWorld()
        try world.run(.finished, applied: 4000, mode: earlier)
        try world.run(.finished, applied: 20, mode: later)
        #expect(try Self.sheet(world).comparison.isEmpty)
        let full = try OutcomeWorld()
        for count in [4000, 2000] { try full.run(.finished, applied: count) }
        #expect(try Self.sheet(full).comparison.first?.text.contains("-50.0 % against run 1") == true)
    }

    @Test func `an order is named by its number and never by a line, and the ERP's words about it are said`() throws {
        let refused = RejectReason("ERP-REFUSED", "the ERP refuses the order: the account is on stop", fix: "mend it, then `tallyman resend`")
        let world = try OutcomeWorld()
        try world.run(.finished, rejected: [refused], lines: false)
        let sheet = try Self.sheet(world, isPersonal: true)

        #expect(sheet.reasons.map(\.place) == ["order SKU-0"])
        #expect(sheet.reasons.first?.text.contains("the account is on stop") == true)
        #expect(!OutcomeText.text(sheet).contains("line 0"))
    }

    @Test func `what a file is called gets into no page as markup`() throws {
        let page = try String(contentsOf: Self.folder.appendingPathComponent("failed.html"), encoding: .utf8)

        #expect(page.contains("STOCK_&lt;b&gt;") && !page.contains("STOCK_<b>") && !page.contains("\u{202E}"))
    }
}
