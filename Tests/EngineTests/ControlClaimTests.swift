import Domain
import Endpoints
import Foundation
import StateStore
import TestKit
import Testing

@testable import Engine

/// What a control file claims travels with the bytes, through whatever interruption.
struct ControlClaimTests {
    private struct Stopped: Error {}

    private static var knobs: World.Knobs {
        var knobs = World.Knobs()
        knobs.doneFile = DoneFileName("${name}.done")
        knobs.settle = .announced(by: DoneFileName("${name}.done")!)
        knobs.gates.rejected = nil
        return knobs
    }

    @Test(arguments: [("{count}", "3"), ("records={count}", "records=3"), (nil, String(repeating: "ab", count: 32))])
    func `F30 F76 a claim that the file does not keep is found out after a stop at any crossing`(_ count: String?, _ claim: String) async throws {
        var knobs = Self.knobs
        knobs.doneCount = count
        var point = 0
        while true {
            point += 1
            let world = World()
            try world.drop("a.csv", [World.line("A", "10"), World.line("B", "5")])
            try world.drop("a.csv.done", bytes: Array(claim.utf8))
            let (stop, passed) = (point, Counter())
            let boundary = Boundary { _, _ in if passed.next() == stop { throw Stopped() } }
            let isStopped: Bool
            do {
                try await world.run(knobs, boundary: boundary)
                isStopped = false
            } catch is Stopped { isStopped = true }
            for _ in 0..<3 { try await world.run(knobs) }

            #expect(await world.shop.writes.isEmpty, "stopped at crossing \(point)")
            let runs = try world.ledger().read { try $0.recentRuns(limit: 10) }
            #expect(runs.count == 1 && runs[0].state == .failed, "stopped at crossing \(point): \(runs)")
            #expect(["FILE-COUNT", "FILE-HASH"].contains { runs[0].verdict?.hasPrefix($0) == true })
            if !isStopped { break }
        }
        #expect(point > 10)
    }

    @Test func `F30 F29 a done file that announces the next file is not removed with the one before`() async throws {
        let world = World()
        let name = "a.csv"
        try world.drop(name, [World.line("A", "10")])
        try world.drop("\(name).done", bytes: Array("1".utf8))
        // While the first is planned the sender writes and announces the next one.
        let writes = Counter()
        let boundary = Boundary { crossing, moment in
            guard crossing == "shop.look-up", moment == .before, writes.next() == 1 else { return }
            try world.drop(name, [World.line("A", "11"), World.line("B", "1")])
            try world.drop("\(name).done", bytes: Array("2".utf8))
        }
        try await world.run(Self.knobs, boundary: boundary)
        let between = world.names(in: "out")
        try await world.run(Self.knobs)

        #expect(between == [name, "\(name).done"])
        #expect(await world.shop.quantities == ["A main": 11, "B main": 1])
        #expect(world.names(in: "out") == [])
    }

    @Test func `F30 the done file of the file before announces no other one`() async throws {
        let world = World()
        var knobs = Self.knobs
        knobs.after = .leave
        try world.drop("a.csv", [World.line("A", "10")])
        try world.drop("a.csv.done", bytes: [])
        try await world.run(knobs)
        try world.drop("a.csv", [World.line("A", "99")])
        let waiting = try await world.run(knobs)
        try world.drop("a.csv.done", bytes: [])
        try await world.run(knobs)

        #expect(waiting.runs.isEmpty && waiting.waitingFiles.count == 1)
        #expect(await world.shop.quantity("A") == 99)
    }

    @Test(arguments: [64 << 10, (64 << 10) + 1, 5 << 20])
    func `F25 a control file is read within its budget, and holds up no other file`(_ size: Int) async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])
        try world.drop("a.csv.done", bytes: [UInt8](repeating: UInt8(ascii: " "), count: size))
        try world.drop("b.csv", [World.line("A", "11")])
        try world.drop("b.csv.done", bytes: [])
        var knobs = Self.knobs
        knobs.profile = World.deltaProfile

        let report = try await world.run(knobs)

        #expect(await world.shop.quantity("A") == 11)
        #expect((report.trouble?.code == "FILE-TOO-LARGE") == (size > 64 << 10))
    }

    @Test(arguments: ["1", "3", "06:30", "2026-11-30", "1204", "2,000", "1 of 1", "job 4711 ok", "0"])
    func `a number in a done file is a count only where the profile says so`(_ content: String) async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "5")])
        try world.drop("a.csv.done", bytes: Array(content.utf8))

        let preview = try await world.runner(world.ledger()).preview(world.flow(Self.knobs))
        let report = try await world.run(Self.knobs)

        #expect(report.tally == Tally(read: 2, counts: [.applied: 2]), "\(report.runs.map(\.run.verdict))")
        #expect(preview.run?.plans.first?.summary.creates == 2)
    }

    @Test(arguments: ["", "done", "records=", "records=2.5", "records=2\nrecords=3", "records=2,00", "2", "rows=2"])
    func `a done file that must state a count and does not lets its file wait, and the next done file lets it in`(_ content: String) async throws {
        let world = World()
        var knobs = Self.knobs
        knobs.doneCount = "records={count}"
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "5")])
        try world.drop("a.csv.done", bytes: Array(content.utf8))

        await #expect { try await world.runner(world.ledger()).preview(world.flow(knobs)) } throws: {
            ($0 as? Diagnostic)?.code == "FILE-DONE-COUNT"
        }
        let waiting = try await world.run(knobs)
        try world.drop("a.csv.done", bytes: Array("Records = 2\r\n".utf8))
        let report = try await world.run(knobs)

        #expect(waiting.runs.isEmpty && waiting.trouble?.code == "FILE-DONE-COUNT")
        #expect(report.tally == Tally(read: 2, counts: [.applied: 2]))
    }

    @Test func `of several sums in a done file the one beside the file's name counts`() async throws {
        let world = World()
        let lines = [World.line("A", "10")]
        let own = ContentHash(of: World.file(lines)).hex
        let other = String(repeating: "ab", count: 32)
        try world.drop("a.csv", lines)
        try world.drop("a.csv.done", bytes: Array("\(other)  b.csv\n\(own) *a.csv\n".utf8))
        try world.drop("b.csv", [World.line("A", "11")])
        try world.drop("b.csv.done", bytes: Array("\(other)  b.csv\n\(own) *a.csv\n".utf8))

        let report = try await world.run(Self.knobs)

        #expect(report.runs.count == 2)
        #expect(await world.shop.quantity("A") == 10)
        #expect(report.runs.contains { $0.run.verdict?.hasPrefix("FILE-HASH") == true })
    }

    @Test func `plan takes the file that run takes: a newer one that is not announced waits`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])
        try world.drop("a.csv.done", bytes: [])
        try world.drop("b.csv", [World.line("A", "99")])

        let preview = try await world.runner(world.ledger()).preview(world.flow(Self.knobs))
        let report = try await world.run(Self.knobs)

        #expect(preview.run?.fileName == "a.csv" && preview.waitingFiles == report.waitingFiles)
        #expect(preview.waitingFiles == ["b.csv: waiting for its done file"])
        #expect(await world.shop.quantity("A") == 10)
    }

    @Test func `plan takes no done file of the file before for an announcement`() async throws {
        let world = World()
        var knobs = Self.knobs
        knobs.after = .leave
        try world.drop("a.csv", [World.line("A", "10")])
        try world.drop("a.csv.done", bytes: [])
        try await world.run(knobs)
        try world.drop("a.csv", [World.line("A", "99")])

        let preview = try await world.runner(world.ledger()).preview(world.flow(knobs))

        #expect(preview.run == nil && preview.waitingFiles.count == 1)
    }

    @Test(arguments: [("{count}", "3", "FILE-COUNT"), (nil, String(repeating: "ab", count: 32), "FILE-HASH")])
    func `plan finds out a claim that the file does not keep, as run does`(_ count: String?, _ claim: String, _ code: String) async throws {
        let world = World()
        var knobs = Self.knobs
        knobs.doneCount = count
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "5")])
        try world.drop("a.csv.done", bytes: Array(claim.utf8))

        await #expect { try await world.runner(world.ledger()).preview(world.flow(knobs)) } throws: { ($0 as? Diagnostic)?.code == code }
        let report = try await world.run(knobs)

        #expect(report.runs.first?.run.verdict?.hasPrefix(code) == true)
    }
}
