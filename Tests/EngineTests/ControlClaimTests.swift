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

    @Test(arguments: ["3", "records=3", String(repeating: "ab", count: 32)])
    func `F30 F76 a claim that the file does not keep is found out after a stop at any crossing`(_ claim: String) async throws {
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
                try await world.run(Self.knobs, boundary: boundary)
                isStopped = false
            } catch is Stopped { isStopped = true }
            for _ in 0..<3 { try await world.run(Self.knobs) }

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
}
