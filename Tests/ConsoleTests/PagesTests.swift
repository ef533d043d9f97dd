import Domain
import StateStore
import TestKit
import Testing

@testable import Console

/// What the pages show, to whom.
@Suite struct PagesTests {
    private static let pages = [
        "", "/errors", "/errors/ID", "/errors?cause_flow=stock&cause_entity=ENTITY&cause_code=NUMBER-FORMAT", "/runs", "/runs/RUN", "/plans",
        "/alarms", "/schedule", "/files", "/compare", "/orders", "/reports",
    ]

    private func every(_ world: ConsoleWorld, _ browser: ConsoleWorld.Browser, run: Int64, entity: String = "stock", search: String) async throws
        -> [(String, ConsoleResponse)]
    {
        let error = try #require(try world.acme.ledger.read { try $0.errors(run: run).first?.id })
        var found: [(String, ConsoleResponse)] = []
        for page in Self.pages + ["/search?q=\(FormReader.encoded(search))"] {
            let target = "/s/acme" + page.replacing("ID", with: "\(error)").replacing("RUN", with: "\(run)").replacing("ENTITY", with: entity)
            found.append((target, await browser.get(target)))
        }
        return found
    }

    @Test func `keys, file names, values and reasons of an enemy are text on every page`() async throws {
        let world = try ConsoleWorld()
        let hostile = [
            "<img src=x onerror=alert(1)>", "\"><script>alert(1)</script>", "' onmouseover='x", "\u{202E}gnp.exe\u{0}\u{7}", "=cmd|'/c calc'!A1",
        ]
        let run = try world.acme.arrange(texts: hostile, file: "<svg onload=alert(1)>\u{202E}.csv", held: true)
        let browser = try await world.member(.approver, people: true)
        for text in hostile {
            for (target, answer) in try await every(world, browser, run: run, search: text) {
                #expect(answer.status == 200, "\(target)")
                #expect(!answer.text.contains("HTML(text") && !answer.text.contains("&lt;p&gt;"), "\(target) shows markup")
                let page = answer.text
                for inert in ["<img", "<script>", "<svg onload", "onmouseover='", "\u{202E}", "\u{0}", "\u{7}"] {
                    #expect(!page.contains(inert), "\(target) holds \(inert)")
                }
                let policy = answer.header("Content-Security-Policy") ?? ""
                #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
                #expect(!page.contains(" style=") && !page.contains("javascript:"))
            }
        }
    }

    @Test func `what tells of people is hidden without the right, and shown with it`() async throws {
        let world = try ConsoleWorld()
        let person = "Wilhelmina Quarterstaff"
        let run = try world.acme.arrange("accounts", texts: [person], held: false)
        let without = try await world.member(.approver)
        let with = try await world.member(.approver, people: true)
        for (target, answer) in try await every(world, without, run: run, entity: "accounts", search: "other") {
            #expect(answer.status == 200)
            // The run's verdict and the fix are words of ours in the program; here they carry the name to see that the rest is hidden.
            let shown = answer.text.replacing("<p>\(person)</p>", with: "").replacing("Fix: \(person)", with: "").replacing(
                "<td data-label=\"Fix\">\(person)", with: ""
            )
            .replacing("column \(person)", with: "").replacing("<dd>\(person)</dd></div>\n<div><dt>Value", with: "<div><dt>Value")
            _ = target
            #expect(!shown.contains("“\(person)”") && !shown.contains("<pre tabindex=\"0\" aria-label=\"Line of the file\">\(person)"))
        }
        let error = try #require(try world.acme.ledger.read { try $0.errors(run: run).first?.id })
        #expect(await !without.get("/s/acme/errors/\(error)").text.contains("<pre tabindex=\"0\" aria-label=\"Line of the file\">"))
        #expect(await with.get("/s/acme/errors/\(error)").text.contains("aria-label=\"Line of the file\">\(person)</pre>"))
        // Who saw it is written down, by the record's number.
        #expect(try world.store.events(limit: 5).contains { $0.who == "approver-people" && $0.detail == "error \(error)" })
        #expect(await !without.get("/s/acme/search?q=\(FormReader.encoded(person))").text.contains("aria-label=\"Line 1\">\(person)"))
        #expect(await with.get("/s/acme/search?q=\(FormReader.encoded(person))").text.contains("aria-label=\"Line 1\">\(person)"))
    }

    @Test func `a page that has not changed is not sent again, and one that has is`() async throws {
        let world = try ConsoleWorld()
        try world.acme.arrange(texts: ["SKU-1"])
        let browser = try await world.member(.viewer)
        let first = await browser.get("/s/acme/errors")
        let tag = try #require(first.header("ETag"))
        let second = await browser.get("/s/acme/errors", headers: ["if-none-match": tag])
        #expect(second.status == 304)
        #expect(second.body.isEmpty)
        // Another person has another page.
        let other = try await world.member(.operator)
        #expect(await other.get("/s/acme/errors", headers: ["if-none-match": tag]).status == 200)
        try world.acme.arrange(texts: ["SKU-2", "SKU-3"])
        let third = await browser.get("/s/acme/errors", headers: ["if-none-match": tag])
        #expect(third.status == 200)
        #expect(third.text.contains("3 records wait"))
        // A right that was taken away counts at once.
        try world.store.remove(grantIn: "acme", of: "viewer")
        #expect(await browser.get("/s/acme/errors", headers: ["if-none-match": third.header("ETag") ?? ""]).status == 403)
    }

    @Test func `a shop whose ledger cannot be read is one line of the list and no other shop's trouble`() async throws {
        let world = try ConsoleWorld()
        try await world.add("agency", [AccessGrant(shop: "*", role: .viewer, seesPeople: false)])
        try world.acme.arrange(texts: ["SKU-1"])
        let page = await (try world.signedIn("agency")).get("/").text
        #expect(page.contains("/s/acme") && page.contains("/s/other"))
    }

    @Test func `every page says its language, its title, one heading and a way past the navigation`() async throws {
        let world = try ConsoleWorld()
        let run = try world.acme.arrange(texts: ["SKU-1"], held: true)
        let browser = try await world.member(.approver)
        var titles: Set<Substring> = []
        for (target, answer) in try await every(world, browser, run: run, search: "SKU-1") {
            let page = answer.text
            #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en-GB\">"), "\(target)")
            #expect(page.matches(of: /<h1[ >]/).count == 1, "\(target)")
            #expect(page.contains("<a class=\"skip\" href=\"#content\">"))
            let title = try #require(page.firstMatch(of: /<title>(.+)<\/title>/)).1
            #expect(titles.insert(title).inserted, "two pages are called \(title)")
            let ids = page.matches(of: /\sid="([^"]+)"/).map { $0.1 }
            #expect(ids.count == Set(ids).count, "\(target): \(ids)")
        }
    }

    @Test func `text that is put into markup is escaped, and markup is only what is written as such`() {
        let text = "<b>\"it's\" & \u{200B}\u{202E}</b>"
        let page: HTML = "<p title=\"\(text)\">\(text)</p>\(["<i>a</i>" as HTML, "<i>b</i>"])\(7)"
        let shown = "&lt;b&gt;&quot;it&#39;s&quot; &amp; \\u{200b}\\u{202e}&lt;/b&gt;"
        #expect(page.text == "<p title=\"\(shown)\">\(shown)</p><i>a</i><i>b</i>7")
        let isOpen = text.isEmpty
        let chosen: HTML = "\(isOpen ? "" : "<p>\(text)</p>")\(isOpen ? "a" : text)"
        #expect(chosen.text == "<p>\(shown)</p>\(shown)")
        #expect(HTML("ä – “x”\n").text == "ä – “x”\n")
    }
}
