import Domain
import StateStore
import TestKit
import Testing

@testable import Console

/// What follows from a comparison.
@Suite struct AdoptTests {
    private func orders(_ world: ConsoleWorld) throws -> [Instruction] { try world.acme.ledger.read { try $0.openInstructions() } }

    @Test(arguments: [("adopt", Instruction.Action.adopt), ("sell", .sell)])
    func `taking over and selling again ask for a reason and a proof, are one order and one entry of the audit`(
        _ what: String, _ action: Instruction.Action
    )
        async throws
    {
        let world = try ConsoleWorld()
        let browser = try await world.member(.approver)
        let address = "/s/acme/compare/adopt"
        let page = await browser.get("\(address)?flow=stock&what=\(what)")
        let refused = try await browser.fill(page, address, [])
        #expect(refused.status == 422 && refused.text.contains("href=\"#because\""))
        #expect(try orders(world).isEmpty)
        let done = try await browser.fill(page, address, [("because", "the shop was put right by hand")])
        #expect(done.status == 303)
        #expect(try await browser.fill(page, address, [("because", "again")]).header("Location") == done.header("Location"))
        let other = try await browser.fill(await browser.get("\(address)?flow=stock&what=\(what)"), address, [("because", "me too")])
        #expect(other.status == 409)
        #expect(try orders(world).map(\.action) == [action])
        #expect(try world.acme.ledger.read { try $0.audit(limit: 9) }.map(\.action) == [action.rawValue])
        world.clocks.advance(by: .seconds(601))
        #expect(await browser.get("\(address)?flow=stock&what=\(what)").text.contains("type=\"password\""))
    }

    @Test(arguments: ["flow=stock&what=something", "flow=orders&what=adopt", "flow=unknown&what=sell", ""])
    func `what is no comparison has no such page`(_ query: String) async throws {
        let world = try ConsoleWorld()
        let browser = try await world.member(.approver)
        #expect(await browser.get("/s/acme/compare/adopt?\(query)").status == 404)
    }
}
