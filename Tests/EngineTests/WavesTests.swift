import Domain
import StateStore
import Testing

@testable import Engine

struct WavesTests {
    private static var knobs: DatedWorld.Knobs {
        var knobs = DatedWorld.Knobs()
        knobs.isProbed = true
        return knobs
    }

    @Test func `V1 a harm that the canaries show is put back, and nothing else was sent`() async throws {
        let dated = DatedWorld(["A": "1", "B": "2", "C": "3", "D": "4", "E": "5"])
        try dated.drop("a.csv", ["A,10", "B,20", "C,30", "D,40", "E,555"])
        var knobs = Self.knobs
        knobs.canary = "E"

        let report = try await dated.run(knobs)

        #expect(await dated.shop.writes == ["E 555", "E 5"])
        #expect(report.runs.last?.run.state == .discarded)
        #expect(report.runs.last?.trouble?.code == "GUEST-SEES")
        #expect(report.tally == Tally(read: 5, counts: [.applied: 1, .superseded: 4]))
        #expect(try dated.state(2) == .finished)
        #expect(try dated.world.unbalanced.isEmpty)
    }

    @Test func `a clean plan goes out whole, canaries first, each value once`() async throws {
        let figures = (1...150).map { "S\($0)" }
        let dated = DatedWorld(Dictionary(uniqueKeysWithValues: figures.map { ($0, "1") }))
        try dated.drop("a.csv", figures.map { "\($0),22" })
        var knobs = Self.knobs
        knobs.canary = "S77"

        let report = try await dated.run(knobs)

        #expect(report.state == .finished)
        let writes = await dated.shop.writes
        #expect(writes.count == 150)
        #expect(Set(writes).count == 150)
        #expect(writes.first == "S77 22")
    }

    @Test func `a harm of a later wave takes back the waves before it too, and locks the flow`() async throws {
        let figures = (1...150).map { "S\($0)" }
        let dated = DatedWorld(Dictionary(uniqueKeysWithValues: figures.map { ($0, "1") }))
        try dated.drop("a.csv", figures.map { $0 == "S9" ? "S9,999" : "\($0),22" })

        let report = try await dated.run(Self.knobs)

        #expect(report.runs.last?.trouble?.code == "GUEST-SEES")
        #expect(await dated.shop.figures.values.allSatisfy { $0 == "1" })
        try dated.drop("b.csv", figures.map { "\($0),33" })
        #expect(try await dated.run(Self.knobs).gates == ["taken_back"])
    }

    // MARK: What a guest is not shown

    @Test func `a canary that a guest is not shown is replaced by products that are, which go first`() async throws {
        let dated = DatedWorld(["A": "1", "B": "2", "C": "3", "D": "4", "E": "5"])
        try dated.drop("a.csv", ["A,10", "B,20", "C,30", "D,444", "E,50"])
        var knobs = Self.knobs
        knobs.canary = "E"
        knobs.hidden = ["A", "B", "C", "E"]

        let report = try await dated.run(knobs)

        #expect(await dated.shop.writes == ["D 444", "D 4"])
        #expect(report.runs.last?.trouble?.code == "GUEST-SEES")
    }

    @Test func `a plan of which a guest is shown nothing is held before anything is sent, says so, and goes out once a person approves`() async throws
    {
        let dated = DatedWorld(["A": "1", "B": "2"])
        try dated.drop("a.csv", ["A,10", "B,20"])
        var knobs = Self.knobs
        knobs.canary = "A"
        knobs.hidden = ["A", "B"]

        let held = try await dated.run(knobs)
        let again = try await dated.run(knobs)

        #expect(held.gates == ["guest_sees_nothing"] && held.runs.last?.run.state == .held)
        #expect(try dated.world.ledger().read { try $0.plans(run: 1) }.first?.findings.first?.text.contains("none of 2 of 2 products (A, B)") == true)
        #expect(again.runs.allSatisfy { $0.run.state == .held })
        #expect(await dated.shop.writes.isEmpty)
        let desk = try dated.world.desk()
        _ = try await desk.approve(1, of: try dated.flow(knobs), by: "ann")
        #expect(await dated.shop.writes.sorted() == ["A 10", "B 20"])
        #expect(try dated.state(1) == .finished)
    }

    @Test func `a look that sees nothing any more holds what was not sent yet`() async throws {
        let figures = (1...150).map { "S\($0)" }
        let dated = DatedWorld(Dictionary(uniqueKeysWithValues: figures.map { ($0, "1") }))
        try dated.drop("a.csv", figures.map { "\($0),22" })
        var knobs = Self.knobs
        knobs.blindAfter = 3

        let report = try await dated.run(knobs)

        #expect(report.gates == ["guest_sees_nothing"])
        #expect(await dated.shop.writes.count == 3)
        #expect(try dated.world.unbalanced.isEmpty)
    }

    @Test func `the one product of many that a guest is shown is found and goes first`() async throws {
        let figures = (1...1500).map { "S\($0)" }
        let dated = DatedWorld(Dictionary(uniqueKeysWithValues: figures.map { ($0, "1") }))
        try dated.drop("a.csv", figures.map { $0 == "S1234" ? "S1234,999" : "\($0),22" })
        var knobs = Self.knobs
        knobs.hidden = Set(figures).subtracting(["S1234"])

        let report = try await dated.run(knobs)

        #expect(await dated.shop.writes == ["S1234 999", "S1234 1"])
        #expect(report.runs.last?.trouble?.code == "GUEST-SEES")
    }
}
