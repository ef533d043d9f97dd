import Domain
import StateStore
import TestKit
import Testing

@testable import Console

/// A single sign-on in front of the console: its word counts, and nobody else's who says the same.
@Suite struct SingleSignOnTests {
    private static let secret = "a secret of proxy and console"
    private static let proxy = TrustedProxy(
        header: "X-Auth-Request-Email", secretHeader: "X-Proxy-Secret", addresses: ["127.0.0.1"], secret: secret)

    private static func says(_ name: String, _ secret: String? = Self.secret) -> [String: String] {
        var headers = ["x-auth-request-email": name]
        headers["x-proxy-secret"] = secret
        return headers
    }

    private func world(_ proxy: TrustedProxy? = Self.proxy) throws -> ConsoleWorld {
        let world = try ConsoleWorld(url: "https://console.acme.example", factor: .everyone, proxy: proxy)
        try world.store.add(
            user: "ann@acme.example", isAdmin: false, grants: [AccessGrant(shop: "acme", role: .approver, seesPeople: false)], at: world.now)
        return world
    }

    @Test func `whoever the proxy names has a session, and the page that was asked for with its filters`() async throws {
        let world = try world()
        let browser = ConsoleWorld.Browser(world)
        browser.address = "127.0.0.1"
        let first = await browser.get("/s/acme/errors?flow=stock&code=A", headers: Self.says("ann@acme.example"))
        #expect(first.status == 303 && first.header("Location") == "/s/acme/errors?flow=stock&code=A")
        let page = await browser.get("/s/acme/errors?flow=stock&code=A", headers: Self.says("ann@acme.example"))
        #expect(page.status == 200 && page.text.contains("ann@acme.example"))
        #expect(try world.store.events(limit: 9).contains { $0.what == "signed in by single sign-on" && $0.who == "ann@acme.example" })
        // Another person at the same browser gets no page of the first.
        try world.store.add(user: "ben", isAdmin: false, grants: [], at: world.now)
        #expect(await browser.get("/s/acme", headers: Self.says("ben")).status == 303)
        #expect(await browser.get("/s/acme", headers: Self.says("ben")).status == 403)
        #expect(try world.store.sessions(of: "ann@acme.example").isEmpty)
    }

    @Test(
        arguments: [
            ("192.0.2.7", Self.secret), ("127.0.0.1", nil), ("127.0.0.1", ""), ("127.0.0.1", "a secret of proxy and consolE"), ("192.0.2.7", nil),
            ("127.0.0.1", "a secret"),
        ] as [(String, String?)])
    func `a name from another address or without the secret is refused and noted, on pages, forms and files alike`(
        _ address: String, _ secret: String?
    )
        async throws
    {
        let world = try world()
        let browser = ConsoleWorld.Browser(world)
        browser.address = address
        for path in ["/", "/s/acme", "/health", "/sign-in", "/nothing"] {
            #expect(await browser.get(path, headers: Self.says("ann@acme.example", secret)).status == 401, "\(path)")
        }
        #expect(await browser.send("POST", "/s/acme/errors/cause", [], headers: Self.says("ann@acme.example", secret)).status == 401)
        // Who is signed in already is refused as well: the header is somebody's try at being another.
        let inside = try world.signedIn("ann@acme.example")
        inside.address = address
        #expect(await inside.get("/s/acme", headers: Self.says("root", secret)).status == 401)
        #expect(await inside.get("/s/acme").status == 200)
        var headers = Self.says("ann@acme.example", secret)
        headers.merge(["host": "console.acme.example", "content-type": "multipart/form-data; boundary=b", "sec-fetch-site": "same-origin"]) { $1 }
        let upload = ConsoleRequest(method: "POST", target: "/s/acme/flows/stock/upload", headers: headers, address: address)
        #expect(world.app.refusal(ofUpload: upload)?.status == 401)
        let noted = try world.store.events(limit: 20).filter { $0.what == "forged sign-on" }
        #expect(noted.count == 8 && noted.allSatisfy { $0.address == address && $0.detail.contains("as ") })
    }

    @Test func `without a trusted proxy the header says nothing, and a secret without a name is refused`() async throws {
        let plain = ConsoleWorld.Browser(try world(nil))
        plain.address = "127.0.0.1"
        #expect(await plain.get("/s/acme", headers: Self.says("ann@acme.example")).header("Location")?.hasPrefix("/sign-in") == true)
        let nameless = ConsoleWorld.Browser(try world())
        nameless.address = "127.0.0.1"
        #expect(await nameless.get("/", headers: ["x-proxy-secret": Self.secret]).status == 401)
    }

    @Test func `somebody the console does not know, or has locked, comes in no more than before`() async throws {
        let world = try world()
        let browser = ConsoleWorld.Browser(world)
        browser.address = "127.0.0.1"
        #expect(await browser.get("/", headers: Self.says("stranger@acme.example")).status == 403)
        _ = await browser.get("/", headers: Self.says("ann@acme.example"))
        #expect(await browser.get("/s/acme", headers: Self.says("ann@acme.example")).status == 200)
        try world.store.set(locked: true, of: "ann@acme.example")
        #expect(await browser.get("/s/acme", headers: Self.says("ann@acme.example")).status == 403)
        #expect(await browser.get("/s/acme").status == 303)
    }

    @Test func `what cannot be taken back still asks for password and code of the console`() async throws {
        let world = try world()
        let run = try world.acme.arrange(texts: ["SKU-1"], held: true)
        let browser = ConsoleWorld.Browser(world)
        browser.address = "127.0.0.1"
        let headers = Self.says("ann@acme.example")
        let action = "/s/acme/runs/\(run)/decide"
        _ = await browser.get(action, headers: headers)
        let page = await browser.get(action, headers: headers)
        #expect(page.text.contains("type=\"password\""))
        var fields = try ConsoleWorld.form(page, action).filter { !["choice", "because"].contains($0.0) }
        fields += [("choice", "approve"), ("because", "looked at"), ("password", ConsoleWorld.password)]
        let refused = await browser.send("POST", action, fields, headers: headers)
        #expect(refused.status == 422 && refused.text.contains("You have no password here yet"))
        #expect(try world.acme.ledger.read { try $0.openInstructions() }.isEmpty)
    }
}
