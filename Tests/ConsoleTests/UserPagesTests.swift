import Domain
import StateStore
import TestKit
import Testing

@testable import Console

/// People are added and changed in the console by those who may.
@Suite struct UserPagesTests {
    private func admin(_ world: ConsoleWorld) async throws -> ConsoleWorld.Browser {
        try await world.add("root", admin: true, [])
        return try world.signedIn("root")
    }

    @Test func `an administrator adds a person, who comes in by the link that is shown once`() async throws {
        let world = try ConsoleWorld()
        let root = try await admin(world)
        let page = await root.get("/users")
        let done = try await root.fill(page, "/users", [("name", "ann@acme.example"), ("role", "operator"), ("shop", "acme"), ("people", "yes")])
        let link = try #require(done.text.firstMatch(of: /welcome\?link=([0-9a-f]{64})/)).1
        #expect(try world.store.user("ann@acme.example")?.grants == [AccessGrant(shop: "acme", role: .operator, seesPeople: true)])
        #expect(await !root.get("/users/ann@acme.example").text.contains(link))
        let ann = ConsoleWorld.Browser(world)
        #expect(await ann.get("/welcome?link=\(link)").status == 200)
        #expect(try world.store.events(limit: 5).contains { $0.what == "added" && $0.who == "root" && $0.detail == "ann@acme.example" })
        for (name, role, admin) in [("ann@acme.example", "viewer", ""), ("<b>", "viewer", ""), ("", "viewer", ""), ("ben", "", "")] {
            let refused = try await root.fill(page, "/users", [("name", name), ("role", role), ("shop", "*"), ("admin", admin)])
            #expect(refused.status == 422 && refused.text.contains("<title>Error: ") && !refused.text.contains("<b>"), "\(name)")
        }
        #expect(try await root.fill(page, "/users", [("name", "ben"), ("role", "owner"), ("shop", "*")]).status == 422)
        #expect(try await root.fill(page, "/users", [("name", "ben"), ("role", "viewer"), ("shop", "unknown")]).status == 422)
        #expect(try world.store.users().count == 2)
    }

    @Test func `no two fields of a page have one name to the browser, also where each form asks who somebody is`() async throws {
        let world = try ConsoleWorld()
        let root = try await admin(world)
        _ = try await world.member(.viewer)
        world.clocks.advance(by: ConsoleSettings.proof + .seconds(60))

        let page = await root.get("/users/viewer")

        let ids = page.text.matches(of: /\bid="([^"]+)"/).map { String($0.1) }
        #expect(page.status == 200 && ids.count { $0.hasPrefix("password") } == 4, "\(ids)")
        #expect(Set(ids).count == ids.count, "\(ids.sorted())")
        #expect(page.text.matches(of: /name="password"/).count == 4)
    }

    @Test func `a role is given and taken away, a lock and an ending of sessions count at once, and nobody keeps themselves out`() async throws {
        let world = try ConsoleWorld()
        let root = try await admin(world)
        let ann = try await world.member(.viewer)
        let action = "/users/viewer"
        func send(_ fields: [(String, String)]) async throws -> ConsoleResponse {
            await root.post(action, fields)
        }
        #expect(try await send([("do", "grant"), ("role", "approver"), ("shop", "acme")]).status == 303)
        #expect(try world.store.user("viewer")?.grant(in: "acme")?.role == .approver)
        #expect(try await send([("do", "grant"), ("role", ""), ("shop", "acme")]).status == 303)
        #expect(await ann.get("/s/acme").status == 403)
        #expect(try await send([("do", "grant"), ("role", "viewer"), ("shop", "*")]).status == 303)
        #expect(await ann.get("/s/acme").status == 200)
        #expect(try await send([("do", "end")]).status == 303)
        #expect(await ann.get("/s/acme").status == 303)
        let again = try world.signedIn("viewer")
        #expect(try await send([("do", "lock")]).status == 303)
        #expect(await again.get("/s/acme").status == 303)
        #expect(try await send([("do", "unlock")]).status == 303)
        #expect(try await send([("do", "reset")]).text.contains("welcome?link="))
        #expect(try world.store.user("viewer")?.passwordHash == nil)
        #expect(await root.post("/users/root", [("do", "lock")]).status == 422)
        #expect(await root.get("/users").status == 200)
        #expect(await root.post("/users/nobody", [("do", "lock")]).status == 404)
        #expect(try await send([("do", "something")]).status == 422)
    }

    @Test func `changing people asks who it is when the last proof is older than ten minutes`() async throws {
        let world = try ConsoleWorld()
        let root = try await admin(world)
        world.clocks.advance(by: .seconds(601))
        let fields = [("do", "lock"), ("role", "approver"), ("shop", "*")]
        try await world.add("ann", [])
        #expect(await root.post("/users/ann", fields).status == 422)
        #expect(await root.post("/users", [("name", "ben"), ("role", "viewer"), ("shop", "*")]).status == 422)
        #expect(try world.store.user("ann")?.isLocked == false)
        #expect(try world.store.user("ben") == nil)
        #expect(await root.post("/users/ann", fields + [("password", ConsoleWorld.password)]).status == 303)
        #expect(try world.store.user("ann")?.isLocked == true)
    }
}
