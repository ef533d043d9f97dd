import Domain
import StateStore
import TestKit
import Testing

@testable import Console

/// An address with its filters is kept: through the sign-in, through an action, through paging.
@Suite struct DeepLinkTests {
    @Test(arguments: [
        "/", "/users", "/help", "/help/FILE-OVERDUE", "/s/acme", "/s/acme/errors", "/s/acme/errors?flow=stock&code=NUMBER-FORMAT",
        "/s/acme/errors?skip=20",
        "/s/acme/errors?cause_flow=stock&cause_entity=stock&cause_code=A%20B&cause_field=Qty%20In%20Stock&after=7", "/s/acme/errors/1",
        "/s/acme/runs?flow=stock&state=held&before=9", "/s/acme/runs/1", "/s/acme/runs/1/decide", "/s/acme/runs/1/undo", "/s/acme/plans",
        "/s/acme/search?q=A%26B%20%3D%201", "/s/acme/resend?entity=stock&key=K%2F1", "/s/acme/alarms", "/s/acme/schedule", "/s/acme/files?flow=stock",
        "/s/acme/flows/stock/upload", "/s/acme/compare", "/s/acme/orders", "/s/acme/reports?day=2026-11-21&kind=weekly", "/s/acme/audit?verify=1",
        "/s/acme/settings", "/s/acme/do/1?back=%2Fs%2Facme%2Ferrors%3Fflow%3Dstock",
    ])
    func `a link that is followed after the session has ended leads through the sign-in to the same address`(_ target: String) async throws {
        let world = try ConsoleWorld()
        try await world.add("ann", admin: true, [AccessGrant(shop: "acme", role: .approver, seesPeople: true)])
        let browser = try world.signedIn("ann")
        world.clocks.advance(by: .seconds(3601))
        let turned = await browser.get(target)
        #expect(turned.status == 303)
        let door = try #require(turned.header("Location"))
        let fields = try ConsoleWorld.form(await browser.get(door), "/sign-in").filter { $0.0 == "back" }
        // One wrong password on the way loses nothing either.
        let wrong = await browser.send("POST", "/sign-in", fields + [("name", "ann"), ("password", "not this one")])
        #expect(wrong.status == 422)
        let again = try ConsoleWorld.form(wrong, "/sign-in").filter { $0.0 == "back" }
        let inside = await browser.send("POST", "/sign-in", again + [("name", "ann"), ("password", ConsoleWorld.password)])
        #expect(inside.status == 303 && inside.header("Location") == target, "\(inside.header("Location") ?? "")")
    }

    @Test func `filters survive an action: the order's page, a page that came too late and a question all lead back to the list as it was`()
        async throws
    {
        let world = try ConsoleWorld()
        try world.acme.arrange(texts: ["SKU-1", "SKU-2"])
        let browser = try await world.member(.operator)
        let list = "/s/acme/errors?flow=stock&code=NUMBER-FORMAT"
        let action = "/s/acme/errors/cause"
        let page = await browser.get(list)
        let form = try ConsoleWorld.form(page, action)
        let done = await browser.send("POST", action, form + [("do", "retry")])
        let order = try #require(done.header("Location"))
        #expect(order.hasPrefix("/s/acme/do/"))
        let link = "href=\"\(list.replacing("&", with: "&amp;"))\""
        #expect(await browser.get(order).text.contains(link))
        // The same cause again: somebody was faster.
        let late = await browser.send("POST", action, try ConsoleWorld.form(await browser.get(list), action) + [("do", "retry")])
        #expect(late.status == 409 && late.text.contains(link))
    }

    @Test(arguments: ["https://evil.example/", "//evil.example/s/acme/", "/s/other/errors", "/sign-out", "/s/acme/x\nSet-Cookie: a"])
    func `a way back that is no page of the shop is no way back`(_ back: String) async throws {
        let world = try ConsoleWorld()
        try world.acme.arrange(texts: ["SKU-1"])
        let browser = try await world.member(.operator)
        var form = try ConsoleWorld.form(await browser.get("/s/acme/errors?flow=stock"), "/s/acme/errors/cause")
        form.removeAll { $0.0 == "back" }
        let done = await browser.send("POST", "/s/acme/errors/cause", form + [("do", "retry"), ("back", back)])
        #expect(done.header("Location") == "/s/acme/do/1")
        #expect(await !browser.get("/s/acme/do/1?back=\(FormReader.encoded(back))").text.contains("Back to the list"))
    }

    @Test func `filters survive paging: the next page of runs, files, causes and records keeps what was chosen`() async throws {
        let world = try ConsoleWorld()
        for index in 0..<60 {
            try world.acme.arrange(texts: ["SKU-\(index)"], file: "f\(index).csv")
            world.clocks.advance(by: .seconds(1))
        }
        let browser = try await world.member(.viewer)
        for (page, kept) in [
            ("/s/acme/runs?flow=stock&state=waiting", ["flow=stock", "state=waiting", "before="]),
            ("/s/acme/files?flow=stock", ["flow=stock", "before="]),
            ("/s/acme/errors?flow=stock&code=NUMBER-FORMAT", ["flow=stock", "code=NUMBER-FORMAT", "skip=20"]),
        ] {
            let text = await browser.get(page).text
            let next = try #require(text.firstMatch(of: /rel="next" href="([^"]+)"/), "\(page): \(text)").1.replacing("&amp;", with: "&")
            for part in kept { #expect(next.contains(part), "\(next)") }
            #expect(await browser.get(String(next)).status == 200)
        }
    }
}

/// The service that has fallen silent.
@Suite struct SilentServiceTests {
    @Test func `three minutes after its last sign of life Home says SERVICE-SILENT, and what is ordered meanwhile says who will carry it out`()
        async throws
    {
        let world = try ConsoleWorld()
        try world.acme.arrange(texts: ["SKU-1"])
        try world.acme.ledger.write(.operators) { try $0.record(reading: .heartbeat, AlarmKey.service, value: 1, at: world.now) }
        let browser = try await world.member(.operator)
        #expect(await browser.get("/s/acme").text.contains("service at work"))
        world.clocks.advance(by: .seconds(181))
        let home = await browser.get("/s/acme").text
        #expect(home.contains("SERVICE-SILENT") && home.contains("service silent"))
        #expect(await browser.get("/help/SERVICE-SILENT").status == 200)
        let action = "/s/acme/errors/cause"
        let done = await browser.send("POST", action, try ConsoleWorld.form(await browser.get("/s/acme/errors"), action) + [("do", "retry")])
        let page = await browser.get(try #require(done.header("Location"))).text
        #expect(page.contains("No service is at work here") && page.contains("tallyman act"))
    }
}
