import Domain
import Foundation
import StateStore
import TestKit
import Testing

@testable import Console

/// Pages for programs.
@Suite struct JSONTests {
    private func token(_ world: ConsoleWorld, of user: String, lasting: Duration = .seconds(3600)) throws -> [String: String] {
        let desk = AccessDesk(store: world.store, settings: world.app.settings, timeline: world.clocks.timeline)
        return ["authorization": "Bearer \(try desk.token(for: user, label: "test", lasting: lasting))"]
    }

    private static let pages = [
        "/overview", "/s/acme", "/s/acme/errors", "/s/acme/errors?cause_flow=ENTITY&cause_entity=ENTITY&cause_code=NUMBER-FORMAT&cause_field=FIELD",
        "/s/acme/errors/1", "/s/acme/runs", "/s/acme/runs/1", "/s/acme/plans", "/s/acme/search?q=SKU-1", "/s/acme/do/1", "/s/acme/alarms",
        "/s/acme/schedule",
        "/s/acme/files", "/s/acme/compare", "/s/acme/orders", "/s/acme/reports",
    ]

    private static func json(_ page: String, _ entity: String, _ field: String = "SKU-1") -> String {
        let parts = page.replacing("ENTITY", with: entity).replacing("FIELD", with: FormReader.encoded(field)).split(separator: "?")
        return parts[0] + ".json" + (parts.count > 1 ? "?" + parts[1] : "")
    }

    private func arrange(_ world: ConsoleWorld, _ entity: String = "stock", _ text: String = "SKU-1") throws {
        let run = try world.acme.arrange(entity, texts: [text], held: true)
        _ = try world.acme.ledger.write(.operators) {
            try $0.order(Instruction(token: "t", at: world.now, who: "ann", action: .discard, flow: entity, subject: .run(run), seen: ""))
        }
    }

    @Test func `each page that a token may see is JSON at its address with .json behind it, with its session as well`() async throws {
        let world = try ConsoleWorld()
        try arrange(world)
        let session = try await world.member(.viewer)
        let program = ConsoleWorld.Browser(world)
        let token = try token(world, of: "viewer")
        for page in Self.pages {
            for answer in [await program.get(Self.json(page, "stock"), headers: token), await session.get(Self.json(page, "stock"))] {
                #expect(answer.status == 200, "\(page): \(answer.text)")
                #expect(answer.header("Content-Type") == "application/json; charset=utf-8")
                #expect((try? JSONSerialization.jsonObject(with: Data(answer.body))) != nil, "\(page)")
            }
            world.clocks.advance(by: .seconds(1))
        }
        #expect(await program.get("/s/acme/errors/1.json", headers: token).text.contains("\"code\" : \"NUMBER-FORMAT\""))
        for page in Routes.all where page.json != nil { #expect(page.method == "GET", "\(page.pattern)") }
    }

    @Test func `a token does nothing but look: no form, no page of HTML, no other shop, and no page of an admin`() async throws {
        let world = try ConsoleWorld()
        try arrange(world)
        _ = try await world.member(.approver)
        let program = ConsoleWorld.Browser(world)
        let token = try token(world, of: "approver")
        #expect(await program.get("/s/acme", headers: token).status == 303)
        #expect(await program.get("/s/acme/runs/1/decide.json", headers: token).status == 403)
        #expect(await program.get("/s/other.json", headers: token).status == 403)
        #expect(await program.get("/s/acme/audit.json", headers: token).status == 403)
        #expect(await program.get("/users.json", headers: token).status == 403)
        #expect(await program.get("/nothing.json", headers: token).status == 404)
        #expect(await program.get("/s/acme/errors/99.json", headers: token).text.contains("ERROR-UNKNOWN"))
        #expect(await program.send("POST", "/s/acme/errors/cause", [("token", Token.form(for: ""))], headers: token).header("Location") == "/sign-in")
        #expect(
            await program.send("POST", "/s/acme/errors/cause.json", [("token", Token.form(for: ""))], headers: token).header("Location") == "/sign-in"
        )
        #expect(try world.acme.ledger.read { try $0.openInstructions().count } == 1)
    }

    @Test func `no token, a wrong one, one whose time is over, one of a person who is locked and one that was ended are answered with 401`()
        async throws
    {
        let world = try ConsoleWorld()
        _ = try await world.member(.viewer)
        let program = ConsoleWorld.Browser(world)
        let good = try token(world, of: "viewer")
        #expect(await program.get("/s/acme.json", headers: good).status == 200)
        for headers in [[:], ["authorization": "Bearer wrong"], ["authorization": "Basic \(good["authorization"] ?? "")"], ["authorization": ""]] {
            let answer = await program.get("/s/acme.json", headers: headers)
            #expect(answer.status == 401 && answer.text.contains("CONSOLE-TOKEN"), "\(headers)")
        }
        world.clocks.advance(by: .seconds(3601))
        #expect(await program.get("/s/acme.json", headers: good).status == 401)
        let second = try token(world, of: "viewer")
        try world.store.set(locked: true, of: "viewer")
        #expect(await program.get("/s/acme.json", headers: second).status == 401)
        try world.store.set(locked: false, of: "viewer")
        #expect(await program.get("/s/acme.json", headers: second).status == 200)
        #expect(try world.store.remove(tokensOf: "viewer", labelled: "test") == 2)
        #expect(await program.get("/s/acme.json", headers: second).status == 401)
    }

    @Test func `what tells of people is in no JSON without the right, and in it with the right`() async throws {
        let world = try ConsoleWorld()
        let person = "Wilhelmina Quarterstaff"
        try arrange(world, "accounts", person)
        let without = try await world.member(.approver)
        let with = try await world.member(.approver, people: true)
        var shown = 0
        for page in Self.pages {
            let target = Self.json(page, "accounts", person)
            // The fix and the verdict of a run are words of the program; here they carry the name to see that the rest is hidden.
            let text = await without.get(target).text.replacing("\"fix\" : \"\(person)\"", with: "").replacing(
                "\"verdict\" : \"\(person)\"", with: ""
            )
            .replacing("\"text\" : \"\(person)\"", with: "").replacing("is held: \(person)", with: "").replacing(
                "\"column\" : \"\(person)\"", with: "")
            #expect(!text.contains(person), "\(target): \(text)")
            if await with.get(target).text.contains("\"value\" : \"\(person)\"") { shown += 1 }
            world.clocks.advance(by: .seconds(1))
        }
        #expect(shown >= 2)
        #expect(try world.store.events(limit: 50).contains { $0.what == "saw a person's record" })
    }
}
