import Domain
import Engine
import Foundation
import StateStore
import TestKit
import Testing

@testable import Console

/// The tasks of a shop to learn with.
@Suite struct TrainingTests {
    private func ticks(_ browser: ConsoleWorld.Browser) async -> Int {
        await browser.get("/s/acme/training").text.components(separatedBy: "</span> done</strong>").count - 1
    }

    @Test
    func
        `a task is ticked off when the books say that it was done in the console, and by nothing that was only ordered, half done, or done on the machine`()
        async throws
    {
        let world = try ConsoleWorld(isTraining: true)
        let run = try world.acme.arrange(texts: ["SKU-1"], held: true)
        let ann = try await world.member(.approver)
        let ben = try await world.member(.operator)
        #expect(await ticks(ann) == 0)
        let action = "/s/acme/runs/\(run)/decide"
        let done = try await ann.fill(await ann.get(action), action, [("choice", "discard"), ("because", "the file was cut off")])
        #expect(done.status == 303)
        #expect(await ticks(ann) == 0)
        let ledger = world.acme.ledger
        try ledger.write(.operators) { writer in
            let order = try #require(try writer.takeInstruction(flow: "stock", at: world.now))
            try writer.end(instruction: order.id, as: .done, "discarded", at: world.now)
        }
        #expect(await ticks(ann) == 1)
        #expect(await ticks(ben) == 1)
        let desk = try world.acme.desk()
        try ledger.write(.operators) { writer in
            for action in ["pause", "resume"] { try desk.desk.note(action, of: "stock", by: "root", in: writer) }
        }
        #expect(await ticks(ben) == 1)
        // Half a task is none.
        let paused = try await ben.fill(
            await ben.get("/s/acme/schedule"), "/s/acme/flows/stock/pause", [("hours", "1"), ("because-stock", "to learn")])
        #expect(paused.status == 303)
        #expect(await ticks(ben) == 1)
        _ = await ben.post("/s/acme/flows/stock/resume")
        #expect(await ticks(ben) == 2)
    }

    @Test func `a shop that is in earnest has no such page`() async throws {
        let world = try ConsoleWorld()
        let browser = try await world.member(.viewer)
        #expect(await browser.get("/s/acme/training").status == 404)
        #expect(await !browser.get("/s/acme").text.contains("/training"))
    }
}
