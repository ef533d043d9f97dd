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
}
