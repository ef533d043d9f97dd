import Domain
import StateStore
import Testing

@testable import Engine

/// What befalls one entity of a file leaves the others of the same run alone.
struct EntitiesApartTests {
    private static var knobs: DatedWorld.Knobs {
        var knobs = DatedWorld.Knobs()
        knobs.hasSecondEntity = true
        knobs.gates.marks = [MarkLimit(mark: "tenfold", share: 0, text: "figures ten times what they were")]
        return knobs
    }

    @Test func `V1 what a guest must not see of one entity is put back; the other stays applied`() async throws {
        let dated = DatedWorld(["A": "1"])
        try dated.drop("a.csv", ["A,555,1.5"])
        var knobs = Self.knobs
        knobs.isProbed = true

        let report = try await dated.run(knobs)

        #expect(await dated.shop.figure("A") == "1")
        #expect(await dated.second.writes == ["A 1.5"])
        #expect(report.state == .discarded)
        #expect(report.runs.last?.trouble?.code == "GUEST-SEES")
        #expect(report.runs.last?.run.verdict?.contains("A: 555") == true)
        let locks = try dated.world.ledger().read { ledger in
            try ["figures", "weights"].map { try ledger.lock(flow: "figures", entity: $0) != nil }
        }
        #expect(locks == [true, false])
        #expect(try dated.world.unbalanced.isEmpty)
    }

    @Test func `C6 a value whose day comes goes out though another entity of its run is held`() async throws {
        let dated = DatedWorld(["A": "10"])
        try dated.drop("a.csv", ["A,100,1.5", "A,100,2.5,2026-03-20"])
        let held = try await dated.run(Self.knobs)
        #expect(held.state == .held)

        dated.setClock(20)
        try await dated.run(Self.knobs)

        #expect(await dated.second.writes == ["A 1.5", "A 2.5"])
        #expect(await dated.shop.writes.isEmpty)
        #expect(try dated.state(1) == .held)
    }

    @Test func `C6 what waits for a person waits for no day`() async throws {
        let dated = DatedWorld(["A": "10"])
        try dated.drop("a.csv", ["A,100,1.5", "A,200,2.5,2026-03-20"])
        #expect(try await dated.run(Self.knobs).state == .held)

        let (whole, held) = try dated.world.ledger().read { (try $0.schedule(run: 1), try $0.schedule(run: 1, entity: "figures")) }

        #expect(whole?.changes == 1 && whole?.next == UTCInstant(seconds: 1_772_323_200 + 19 * 86_400))
        #expect(held == nil)
    }

    @Test func `discarding one entity's plan drops no later value of the other`() async throws {
        let dated = DatedWorld(["A": "10"])
        try dated.drop("a.csv", ["A,100,1.5", "A,100,2.5,2026-03-20"])
        try await dated.run(Self.knobs)

        let discarded = try await dated.world.desk().discard(1, by: "ann")
        #expect(discarded.run.state == .scheduled)
        dated.setClock(20)
        try await dated.run(Self.knobs)

        #expect(await dated.second.writes == ["A 1.5", "A 2.5"])
        #expect(await dated.shop.writes.isEmpty)
        #expect(try dated.state(1) == .finished)
    }

    @Test func `rollback can take back one entity, and the other later`() async throws {
        let dated = DatedWorld(["A": "1"])
        await dated.second.set("A", "0.5")
        try dated.drop("a.csv", ["A,10,1.5"])
        var knobs = Self.knobs
        knobs.gates.marks = []
        try await dated.run(knobs)
        let desk = try dated.world.desk()

        _ = try await desk.rollback(1, entities: ["figures"], of: dated.flow(knobs), by: "ann")
        #expect(await dated.shop.figure("A") == "1")
        #expect(await dated.second.figure("A") == "1.5")

        _ = try await desk.rollback(1, of: dated.flow(knobs), by: "ann")
        #expect(await dated.second.figure("A") == "0.5")
        #expect(await dated.shop.writes == ["A 10", "A 1"])
        let again = await #expect(throws: Diagnostic.self) { try await desk.rollback(1, of: dated.flow(knobs), by: "ann") }
        #expect(again?.code == "RUN-UNDONE")
    }

    @Test func `B2 a value of a later day does not make its old file the one applied last`() async throws {
        let dated = DatedWorld(["A": "1"])
        var knobs = DatedWorld.Knobs()
        knobs.mode = .delta
        try dated.drop("a.csv", ["A,10", "A,12,,2026-03-20"])
        try await dated.run(knobs)
        try dated.drop("b.csv", ["B,5"])
        try await dated.run(knobs)
        dated.setClock(20)
        try await dated.run(knobs)

        let last = try dated.world.ledger().read { try $0.appliedSnapshot(flow: "figures", entity: "figures") }

        #expect(last?.run == 2)
    }
}
