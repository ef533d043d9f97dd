import Domain
import Engine
import StateStore
import TestKit
import Testing

@testable import Console

/// What reaches the shop and cannot be taken back by a click: who may order it, on what they saw, with which reason and proof.
@Suite struct DecisionTests {
    private func orders(_ world: ConsoleWorld) throws -> [Instruction] { try world.acme.ledger.read { try $0.openInstructions() } }

    /// A run whose values are taken back: two return, one is newer, one had nothing before.
    private func applied(_ world: ConsoleWorld) throws -> Int64 {
        let run = try world.acme.arrangeApplied([("A", "1", "10"), ("B", "2", "20"), ("C", "3", "30"), ("D", nil, "40")])
        try world.acme.arrangeApplied([("A", "10", "11")])
        return run
    }

    @Test func `a run is taken back with the numbers that were shown, a reason and its number typed`() async throws {
        let world = try ConsoleWorld()
        let run = try applied(world)
        let browser = try await world.member(.approver)
        let action = "/s/acme/runs/\(run)/undo"
        let page = await browser.get(action)
        #expect(page.status == 200)
        #expect(page.text.contains("2 return to what they were · 1 keep a newer value · 1 have no value before and stay"), "\(page.text)")
        #expect(await browser.get("/s/acme/runs/\(run)").text.contains("href=\"\(action)\""))

        for (typed, missing) in [
            ([("typed", "\(run)")], "because"), ([("because", "wrong list")], "typed"), ([("typed", "9"), ("because", "x")], "typed"),
        ] {
            let refused = try await browser.fill(page, action, typed)
            #expect(refused.status == 422)
            #expect(refused.text.contains("href=\"#\(missing)\""), "\(typed)")
            #expect(refused.text.contains("<title>Error: "))
        }
        #expect(try orders(world).isEmpty)
        let done = try await browser.fill(page, action, [("typed", "\(run)"), ("because", "wrong list")])
        #expect(done.status == 303)
        let order = try #require(try orders(world).first)
        #expect(order.subject == .undo(run, entities: ["stock"]))
        #expect(order.seen == "2/1/1")
        #expect(order.because == "wrong list")
        // The same form again leads to the same page; another one meets the first.
        #expect(try await browser.fill(page, action, [("typed", "\(run)"), ("because", "wrong list")]).header("Location") == done.header("Location"))
        let other = try await browser.fill(await browser.get(action), action, [("typed", "\(run)"), ("because", "me too")])
        #expect(other.status == 409)
        #expect(other.text.contains("has decided already"))
        #expect(try orders(world).count == 1)
    }

    @Test func `a rollback of a run that has moved on since it was shown is refused with the page of now`() async throws {
        let world = try ConsoleWorld()
        let run = try applied(world)
        let browser = try await world.member(.approver)
        let action = "/s/acme/runs/\(run)/undo"
        let page = await browser.get(action)
        try world.acme.arrangeApplied([("B", "20", "21")])
        let late = try await browser.fill(page, action, [("typed", "\(run)"), ("because", "wrong list")])
        #expect(late.status == 409)
        #expect(try orders(world).isEmpty)
        let none = try await browser.fill(await browser.get(action), action, [("typed", "\(run)"), ("because", "x"), ("entity", "prices")])
        #expect(none.status == 409)
    }

    @Test(arguments: ["approve", "discard", "rollback", "value"])
    func `each of them asks anew who it is when the last proof is older than ten minutes, and every time names the reason`(_ what: String)
        async throws
    {
        let world = try ConsoleWorld()
        let run = try what == "rollback" ? applied(world) : world.acme.arrange(texts: ["SKU-1"], held: true)
        if what == "value" { try world.acme.arrangeApplied([("K", nil, "5")]) }
        let browser = try await world.member(.approver)
        let (shown, action, typed): (String, String, [(String, String)]) =
            switch what {
            case "rollback": ("/s/acme/runs/\(run)/undo", "/s/acme/runs/\(run)/undo", [("typed", "\(run)")])
            case "value": ("/s/acme/resend?entity=stock&key=K", "/s/acme/resend", [])
            default: ("/s/acme/runs/\(run)/decide", "/s/acme/runs/\(run)/decide", [("choice", what)])
            }
        #expect(await !browser.get(shown).text.contains("type=\"password\""))
        let fresh = try await browser.fill(await browser.get(shown), action, typed)
        #expect(fresh.status == 422)
        #expect(fresh.text.contains("href=\"#because\""))
        world.clocks.advance(by: .seconds(601))
        let page = await browser.get(shown)
        #expect(page.text.contains("type=\"password\""))
        let form = typed + [("because", "checked")]
        #expect(try await browser.fill(page, action, form).status == 422)
        let wrong = try await browser.fill(page, action, form + [("password", "not this one at all")])
        #expect(wrong.status == 422)
        #expect(wrong.text.contains("href=\"#password\""))
        #expect(try orders(world).isEmpty)
        let cookie = browser.cookies["tallyman"]
        let done = try await browser.fill(page, action, form + [("password", ConsoleWorld.password)])
        #expect(done.status == 303, "\(done.text)")
        #expect(try orders(world).map(\.because) == ["checked"])
        // The proof makes a new session; the old cookie is worth nothing.
        #expect(browser.cookies["tallyman"] != cookie)
        let old = ConsoleWorld.Browser(world)
        old.cookies["tallyman"] = cookie
        #expect(await old.get("/s/acme").status == 303)
        #expect(await browser.get("/s/acme").status == 200)
    }

    @Test(arguments: [true, false])
    func `with four eyes nobody approves what they ordered or corrected themselves, and everybody may discard it`(_ isSet: Bool) async throws {
        let world = try ConsoleWorld(fourEyes: isSet)
        let run = try world.acme.arrange(texts: ["SKU-1"], held: true)
        let maker = try await world.member(.approver)
        let name = try #require(try world.store.users().first?.name)
        // The same person from another machine, or by the program itself, is still the same person.
        try world.acme.ledger.write(.operators) { try $0.note(makers: ["\(name) (console, 192.0.2.9)", "someone"], of: run) }
        let action = "/s/acme/runs/\(run)/decide"
        let page = await maker.get(action)
        #expect(page.text.contains("value=\"approve\"") == !isSet)
        let own = try await maker.fill(page, action, [("choice", "approve"), ("because", "fine")])
        #expect(own.status == (isSet ? 403 : 303))
        #expect(try orders(world).count == (isSet ? 0 : 1))
        guard isSet else { return }
        try await world.add("second", [AccessGrant(shop: "acme", role: .approver, seesPeople: false)])
        let second = try world.signedIn("second")
        #expect(try await second.fill(await second.get(action), action, [("choice", "approve"), ("because", "fine")]).status == 303)
    }

    @Test func `whoever made a run may discard it although four eyes are asked for`() async throws {
        let world = try ConsoleWorld(fourEyes: true)
        let run = try world.acme.arrange(texts: ["SKU-1"], held: true)
        let maker = try await world.member(.approver)
        try world.acme.ledger.write(.operators) { try $0.note(makers: ["approver"], of: run) }
        let action = "/s/acme/runs/\(run)/decide"
        #expect(try await maker.fill(await maker.get(action), action, [("choice", "discard"), ("because", "wrong")]).status == 303)
    }

    @Test func `a value is sent again as it was shown, and not where it has moved on or is ordered already`() async throws {
        let world = try ConsoleWorld()
        try world.acme.arrangeApplied([("A/1 ü", nil, "10")])
        let browser = try await world.member(.approver)
        let search = await browser.get("/s/acme/search?q=A%2F1%20%C3%BC")
        #expect(search.text.contains("Send the value again"), "\(search.text)")
        let page = await browser.get("/s/acme/resend?entity=stock&key=A%2F1%20%C3%BC")
        #expect(page.text.contains("<strong>10</strong>"))
        let done = try await browser.fill(page, "/s/acme/resend", [("because", "the shop page shows another")])
        #expect(done.status == 303)
        let order = try #require(try orders(world).first)
        #expect(order.subject == .value(entity: "stock", RecordKey("A/1 ü")))
        #expect(order.flow == "stock")
        let again = await browser.get("/s/acme/resend?entity=stock&key=A%2F1%20%C3%BC")
        #expect(try await browser.fill(again, "/s/acme/resend", [("because", "once more")]).status == 409)
        try world.acme.arrangeApplied([("A/1 ü", "10", "11")])
        #expect(try await browser.fill(again, "/s/acme/resend", [("because", "once more")]).status == 409)
        #expect(await browser.get("/s/acme/resend?entity=stock&key=NONE").status == 422)
        #expect(await browser.get("/s/acme/resend").status == 404)
        #expect(await browser.get("/s/acme/resend?flow=orders&order=9").status == 422)
    }
}
