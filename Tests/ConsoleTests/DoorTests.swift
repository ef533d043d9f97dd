import Domain
import StateStore
import TestKit
import Testing

@testable import Console

/// Coming in, staying in and being kept out.
@Suite struct DoorTests {
    private func credentials(_ name: String, _ password: String = ConsoleWorld.password, code: String = "") -> [(String, String)] {
        [("name", name), ("password", password), ("code", code), ("back", "/s/acme/errors?flow=stock")]
    }

    private func clerk(_ world: ConsoleWorld, factor: [UInt8]? = nil) async throws {
        try await world.add("clerk", [AccessGrant(shop: "acme", role: .operator, seesPeople: false)], factor: factor)
    }

    @Test func `who signs in comes to the page of the mail, with a cookie that scripts and other sites do not get`() async throws {
        let world = try ConsoleWorld(url: "https://console.acme.example")
        try await clerk(world)
        let browser = ConsoleWorld.Browser(world)

        let first = await browser.get("/s/acme/errors?flow=stock")
        #expect(first.header("Location") == "/sign-in?back=%2Fs%2Facme%2Ferrors%3Fflow%3Dstock")
        let answer = await browser.send("POST", "/sign-in", credentials("clerk"))

        #expect(answer.status == 303)
        #expect(answer.header("Location") == "/s/acme/errors?flow=stock")
        let cookie = try #require(answer.headers.first { $0.value.hasPrefix("__Host-tallyman=") }?.value)
        for flag in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] { #expect(cookie.contains(flag)) }
        #expect(await browser.get("/s/acme/errors").status == 200)
        #expect(answer.header("Strict-Transport-Security") != nil)
    }

    @Test(arguments: ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "/a\nSet-Cookie: x"])
    func `nobody is led elsewhere after the sign-in`(_ back: String) async throws {
        let world = try ConsoleWorld()
        try await clerk(world)
        let answer = await ConsoleWorld.Browser(world).send(
            "POST", "/sign-in", [("name", "clerk"), ("password", ConsoleWorld.password), ("back", back)])
        #expect(answer.header("Location") == "/")
    }

    @Test func `a wrong name and a wrong password are told in the same words`() async throws {
        let world = try ConsoleWorld()
        try await clerk(world)
        let wrong = await ConsoleWorld.Browser(world).send("POST", "/sign-in", credentials("clerk", "another password"))
        let unknown = await ConsoleWorld.Browser(world).send("POST", "/sign-in", credentials("clark"))
        #expect(wrong.status == 422)
        #expect(wrong.text.replacing("clerk", with: "NAME") == unknown.text.replacing("clark", with: "NAME"))
    }

    @Test func `the sixth wrong password waits, and a browser that was in before does not wait for strangers`() async throws {
        let world = try ConsoleWorld()
        try await clerk(world)
        let known = ConsoleWorld.Browser(world)
        _ = await known.send("POST", "/sign-in", credentials("clerk"))
        _ = await known.post("/sign-out")
        let stranger = ConsoleWorld.Browser(world)
        stranger.address = "192.0.2.66"
        for _ in 0..<5 { #expect(await stranger.send("POST", "/sign-in", credentials("clerk", "guess")).status == 422) }

        let sixth = await stranger.send("POST", "/sign-in", credentials("clerk"))
        #expect(sixth.status == 429)
        #expect(sixth.header("Retry-After") == "1")
        #expect(await known.send("POST", "/sign-in", credentials("clerk")).status == 303)
        // The wait ends, doubles with each failure, and ends with a success.
        world.clocks.advance(by: .seconds(1))
        #expect(await stranger.send("POST", "/sign-in", credentials("clerk", "guess")).status == 422)
        #expect(await stranger.send("POST", "/sign-in", credentials("clerk")).header("Retry-After") == "2")
        world.clocks.advance(by: .seconds(2))
        #expect(await stranger.send("POST", "/sign-in", credentials("clerk")).status == 303)
    }

    @Test func `a name that nobody has is checked with the same work as any other, and never let in`() async throws {
        let world = try ConsoleWorld()
        let desk = PasswordDesk(timeline: world.clocks.timeline)
        let real = try #require(PasswordHash.make("a b c d e f g", salt: Array(0..<16)))
        func work(_ hash: String) -> [Substring] { hash.split(separator: "$").prefix(3).map { $0 } }
        #expect(work(desk.decoy) == work(real))
        #expect(try await !desk.check("nobody's password", nil))
        #expect(try await desk.check("a b c d e f g", real))
    }

    @Test func `a code of the authenticator opens once, and not without the password`() async throws {
        let world = try ConsoleWorld(url: "https://console.acme.example", factor: .everyone)
        let secret = Array("12345678901234567890".utf8)
        try await clerk(world, factor: secret)
        let code = OneTimeCode.code(secret, step: OneTimeCode.step(at: world.now))
        func enter(_ password: String, _ code: String) async -> Int {
            await ConsoleWorld.Browser(world).send("POST", "/sign-in", credentials("clerk", password, code: code)).status
        }
        #expect(await enter(ConsoleWorld.password, "") == 422)
        #expect(await enter("wrong", code) == 422)
        #expect(await enter(ConsoleWorld.password, code) == 303)
        #expect(await enter(ConsoleWorld.password, code) == 422)
        world.clocks.advance(by: .seconds(60))
        #expect(await enter(ConsoleWorld.password, OneTimeCode.code(secret, step: OneTimeCode.step(at: world.now))) == 303)
    }

    @Test(arguments: [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")])
    func `codes are those of RFC 6238`(_ seconds: Int64, _ code: String) {
        #expect(OneTimeCode.code(Array("12345678901234567890".utf8), step: seconds / 30) == code)
    }

    @Test func `a link is good once, for a day, and sets a password that is neither short nor common`() async throws {
        let world = try ConsoleWorld(url: "https://console.acme.example", factor: .everyone)
        try world.store.add(user: "new", isAdmin: true, grants: [], at: world.now)
        let desk = AccessDesk(store: world.store, settings: world.app.settings, timeline: world.clocks.timeline)
        let token = String(try desk.link(for: "new", signsIn: false).split(separator: "=")[1])
        let browser = ConsoleWorld.Browser(world)
        let page = await browser.get("/welcome?link=\(token)").text
        let secret = try #require(page.firstMatch(of: /name="secret" value="([0-9a-f]{40})"/)).1
        let bytes = try #require(Hex.bytes(String(secret)))
        func choose(_ password: String, again: String? = nil, code: String? = nil) async -> ConsoleResponse {
            await browser.send(
                "POST", "/welcome",
                [
                    ("link", token), ("password", password), ("again", again ?? password), ("secret", String(secret)),
                    ("code", code ?? OneTimeCode.code(bytes, step: OneTimeCode.step(at: world.now))),
                ])
        }
        for bad in ["short", "password1234", "123456789012", "aaaaaaaaaaaaaaaa", "tallyman-acme-1"] {
            #expect(await choose(bad).status == 422, "\(bad)")
        }
        #expect(await choose(ConsoleWorld.password, again: "other").status == 422)
        #expect(await choose(ConsoleWorld.password, code: "000000").status == 422)
        let done = await choose(ConsoleWorld.password)
        #expect(done.text.matches(of: /\n[0-9a-f]{10}|>[0-9a-f]{10}/).count == 8)
        #expect(await browser.get("/").status == 200)
        #expect(await choose(ConsoleWorld.password).status == 410)
        let late = String(try desk.link(for: "new", signsIn: false).split(separator: "=")[1])
        world.clocks.advance(by: .seconds(86_401))
        #expect(await browser.get("/welcome?link=\(late)").status == 410)
    }

    @Test func `a session ends when it rests for an hour, after twelve hours, at the sign-out and at a lock`() async throws {
        let world = try ConsoleWorld()
        try await clerk(world)
        func isIn(_ browser: ConsoleWorld.Browser) async -> Bool { await browser.get("/s/acme").status == 200 }
        let idle = try world.signedIn("clerk")
        world.clocks.advance(by: .seconds(3599))
        #expect(await isIn(idle))
        world.clocks.advance(by: .seconds(3601))
        #expect(await !isIn(idle))
        let busy = try world.signedIn("clerk")
        for _ in 0..<24 {
            #expect(await isIn(busy))
            world.clocks.advance(by: .seconds(1801))
        }
        #expect(await !isIn(busy))
        let out = try world.signedIn("clerk")
        let copy = ConsoleWorld.Browser(world)
        copy.cookies = out.cookies
        _ = await out.post("/sign-out")
        #expect(await !isIn(copy))
        let locked = try world.signedIn("clerk")
        try world.store.set(locked: true, of: "clerk")
        #expect(await !isIn(locked))
        #expect(await ConsoleWorld.Browser(world).send("POST", "/sign-in", credentials("clerk")).status == 422)
    }

    @Test func `a sign-in makes a new session whatever cookie the browser brings`() async throws {
        let world = try ConsoleWorld()
        try await clerk(world)
        let browser = ConsoleWorld.Browser(world)
        browser.cookies["tallyman"] = String(repeating: "a", count: 64)
        _ = await browser.send("POST", "/sign-in", credentials("clerk"))
        #expect(browser.cookies["tallyman"] != String(repeating: "a", count: 64))
        let before = browser.cookies["tallyman"]
        _ = await browser.send("POST", "/sign-in", credentials("clerk"))
        #expect(browser.cookies["tallyman"] != before)
        #expect(try world.store.sessions(of: "clerk").count == 1)
    }

    @Test func `a form from elsewhere, without its token or to another host changes nothing and is noted`() async throws {
        let world = try ConsoleWorld()
        try await clerk(world)
        let browser = try world.signedIn("clerk")
        let token = [("token", browser.formToken)]
        for headers in [
            ["sec-fetch-site": "cross-site"], ["sec-fetch-site": "same-site"], ["sec-fetch-site": "none"], ["origin": "https://evil.example"],
        ] {
            #expect(await browser.send("POST", "/sign-out", token, headers: headers).status == 403, "\(headers)")
        }
        #expect(await browser.send("POST", "/sign-out", [("token", "wrong")]).status == 403)
        #expect(await browser.send("POST", "/sign-out").status == 403)
        for host in ["evil.example", "127.0.0.1:9", "localhost:8484", ""] {
            #expect(await browser.send("GET", "/s/acme", headers: ["host": host]).status == 421, "\(host)")
        }
        #expect(await browser.get("/s/acme").status == 200)
        #expect(try world.store.events(limit: 20).contains { $0.what == "foreign form" })
        // An old browser that says only where the page came from.
        let old = ConsoleRequest(
            method: "POST", target: "/sign-out",
            headers: [
                "host": "127.0.0.1:8484", "origin": "http://127.0.0.1:8484", "cookie": "tallyman=\(browser.cookies["tallyman"] ?? "")",
                "content-type": "application/x-www-form-urlencoded",
            ], body: Array("token=\(browser.formToken)".utf8), address: "10.0.0.7")
        #expect(await world.app.answer(old).status == 303)
    }

    @Test func `passwords are kept as Argon2id with a salt of their own`() throws {
        let one = try #require(PasswordHash.make("a b c d e f g", salt: Array(0..<16)))
        let other = try #require(PasswordHash.make("a b c d e f g", salt: Array(1..<17)))
        #expect(one.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(one != other)
        #expect(PasswordHash.matches("a b c d e f g", one))
        #expect(!PasswordHash.matches("a b c d e f h", one))
        #expect(!PasswordHash.isDated(one))
        #expect(PasswordHash.isDated("$argon2id$v=19$m=4096,t=2,p=1$x"))
    }
}
