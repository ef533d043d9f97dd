import Domain
import StateStore
import TestKit
import Testing

@testable import Console

/// A retry that would end as it did before is asked about once more.
@Suite struct RetryQuestionTests {
    /// `now` is the fingerprint of the shop of these tests.
    private func read(_ run: Int64, by fingerprint: String, _ world: ConsoleWorld) throws {
        try world.acme.ledger.write(.operators) { try $0.set(profile: fingerprint, run: run, entity: "stock") }
    }

    private func orders(_ world: ConsoleWorld) throws -> [Instruction] { try world.acme.ledger.read { try $0.openInstructions() } }

    @Test func `nothing changed: a cause is asked about before it is retried, the answer is one order, and a trial of one is not asked about`()
        async throws
    {
        let world = try ConsoleWorld()
        try read(world.acme.arrange(texts: ["a", "a"].enumerated().map { "SKU-\($0.offset)" }), by: "now", world)
        let browser = try await world.member(.operator)
        let action = "/s/acme/errors/cause"
        let form = try ConsoleWorld.form(await browser.get("/s/acme/errors"), action)
        let asked = await browser.send("POST", action, form + [("do", "retry")])
        #expect(asked.status == 200 && asked.text.contains("Nothing has changed: retry all the same?"), "\(asked.text)")
        #expect(try orders(world).isEmpty)
        let done = try await browser.fill(asked, action, [("sure", "yes")])
        #expect(done.status == 303)
        #expect(try await browser.fill(asked, action, [("sure", "yes")]).header("Location") == done.header("Location"))
        #expect(await browser.send("POST", action, form + [("do", "retry")]).header("Location") == done.header("Location"))
        #expect(try orders(world).count == 1)
    }

    @Test func `a trial of one is what somebody does who is not sure: it is not asked about`() async throws {
        let world = try ConsoleWorld()
        try read(world.acme.arrange(texts: ["SKU-1", "SKU-2"]), by: "now", world)
        let browser = try await world.member(.operator)
        let form = try ConsoleWorld.form(await browser.get("/s/acme/errors"), "/s/acme/errors/cause")
        #expect(await browser.send("POST", "/s/acme/errors/cause", form + [("do", "try")]).status == 303)
        guard case .errors(let ids)? = try orders(world).first?.subject else { throw Diagnostic("TEST", "no trial", fix: "") }
        #expect(ids.count == 1)
    }

    @Test(arguments: ["settings", "record", "unknown"])
    func `it is not asked where the settings or a record have changed since, or where nobody can say`(_ changed: String) async throws {
        let world = try ConsoleWorld()
        let run = try world.acme.arrange(texts: ["SKU-1"])
        if changed != "unknown" { try read(run, by: changed == "settings" ? "before" : "now", world) }
        let error = try #require(try world.acme.ledger.read { try $0.errors(run: run).first?.id })
        if changed == "record" { try world.acme.ledger.write(.operators) { try $0.edit(error: error, to: [1, 2], by: "ann") } }
        let browser = try await world.member(.operator)
        let form = try ConsoleWorld.form(await browser.get("/s/acme/errors"), "/s/acme/errors/cause")
        #expect(await browser.send("POST", "/s/acme/errors/cause", form + [("do", "retry")]).status == 303)
    }

    @Test func `a single record is asked about as well, on its own page`() async throws {
        let world = try ConsoleWorld()
        let run = try world.acme.arrange(texts: ["SKU-1"])
        try read(run, by: "now", world)
        let error = try #require(try world.acme.ledger.read { try $0.errors(run: run).first?.id })
        let browser = try await world.member(.operator)
        let action = "/s/acme/errors/\(error)"
        let form = try ConsoleWorld.form(await browser.get(action), action)
        let asked = await browser.send("POST", action, form + [("do", "retry")])
        #expect(asked.text.contains("Nothing has changed") && asked.text.contains("error \(error)"))
        #expect(try await browser.fill(asked, action, [("sure", "yes")]).status == 303)
        #expect(try orders(world).count == 1)
    }
}
