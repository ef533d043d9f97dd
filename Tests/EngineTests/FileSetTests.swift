import Domain
import Endpoints
import Entities
import Foundation
import StateStore
import TestKit
import Testing

@testable import Engine

/// Sets of files that a manifest names: all of a set is applied, or nothing of it.
@Suite struct FileSetTests {
    private struct Stopped: Error {}

    private static func knobs(_ line: String = "{name},{count}", order mode: FileMode = .full) -> World.Knobs {
        var knobs = World.Knobs()
        knobs.manifest = ManifestRule(patterns: [GlobPattern("*.ctl")], line: ManifestLine(line)!, skipped: [GlobPattern("#*")])
        if mode == .delta { knobs.profile = World.deltaProfile }
        return knobs
    }

    private static let one = [World.line("A", "10"), World.line("B", "5")]
    private static let two = [World.line("C", "7")]

    private static func drop(_ names: [String], in world: World) throws {
        for name in names {
            switch name {
            case "one.csv": try world.drop(name, one)
            case "two.csv": try world.drop(name, two)
            default: try world.drop(name, bytes: Array("one.csv,2\r\ntwo.csv,1\r\n".utf8))
            }
        }
    }

    @Test(arguments: [
        ["one.csv", "two.csv", "set.ctl"], ["set.ctl", "two.csv", "one.csv"], ["two.csv", "set.ctl", "one.csv"],
    ])
    func `F49 a set is applied once all of it is there, in whatever order it comes, and none of it before`(_ order: [String]) async throws {
        let world = World()
        for name in order.dropLast() {
            try Self.drop([name], in: world)
            let waiting = try await world.run(Self.knobs())
            #expect(waiting.runs.isEmpty && !waiting.waitingFiles.isEmpty, "after \(name)")
        }
        #expect(await world.shop.writes.isEmpty)
        let before = try await world.runner(world.ledger()).preview(world.flow(Self.knobs()))
        try Self.drop([order[2]], in: world)
        let planned = try await world.runner(world.ledger()).preview(world.flow(Self.knobs()))
        let report = try await world.run(Self.knobs())

        #expect(before.run == nil && !before.waitingFiles.isEmpty)
        #expect(planned.run != nil && planned.others.count == 1)
        // Full files of one set are of one moment: neither replaces the other.
        #expect(report.runs.map(\.run.state) == [.finished, .finished])
        #expect(await world.shop.quantities == ["A main": 10, "B main": 5, "C main": 7])
        #expect(world.names(in: "out").isEmpty)
        #expect(world.names(in: "archive").count == 3)
        #expect(try await world.run(Self.knobs()).runs.isEmpty)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test(arguments: [
        ("{name},{count}", "one.csv,2\ntwo.csv,2\n", "two.csv holds 1 records where 2 are announced"),
        ("{name},{bytes}", "one.csv,12\ntwo.csv,1\n", "bytes where 12 are announced"),
        ("{sha256} *{name}", "\(String(repeating: "ab", count: 32)) *one.csv\n\(String(repeating: "cd", count: 32))  two.csv\n", "another SHA-256"),
        ("{name}", "one.csv\ntwo.csv\nthree.csv\n", "three.csv is missing"),
        ("{name}", "one.csv\ntwo.csv\nprices.xml\n", "prices.xml is missing"),
    ])
    func `F49 a set of which anything is missing or wrong is held as a whole, and what it is is said`(
        _ line: String, _ manifest: String, _ reason: String
    ) async throws {
        let world = World()
        try Self.drop(["one.csv", "two.csv"], in: world)
        try world.drop("set.ctl", bytes: Array(manifest.utf8))

        var reports: [FlowReport] = []
        for _ in 0..<3 { reports.append(try await world.run(Self.knobs(line))) }

        #expect(await world.shop.writes.isEmpty)
        #expect(reports.allSatisfy { $0.runs.isEmpty })
        #expect(reports.allSatisfy { $0.waitingFiles.joined().contains(reason) }, "\(reports.map(\.waitingFiles))")
        #expect(world.names(in: "out") == ["one.csv", "set.ctl", "two.csv"])
        // What is held is told with its reason once the deadline has passed, and the files are not fetched over and over.
        #expect(try world.spooled() == 0)
        world.clock.advance(by: .seconds(7300))
        let late = try await world.run(Self.knobs(line))
        let stuck = try world.ledger().read { try $0.signs(of: "stock", at: world.clock.timeline.now()) }.stuck
        #expect(late.trouble?.code == "SET-INCOMPLETE" && late.trouble?.summary.contains(reason) == true)
        #expect(stuck.contains { $0.reason?.contains(reason) == true && ($0.due ?? $0.since) < world.clock.timeline.now() }, "\(stuck)")
    }

    @Test(arguments: [
        ("one.csv\n../two.csv\n", "MANIFEST-NAME"), ("one.csv\nsub/two.csv\n", "MANIFEST-NAME"), ("one.csv\nsub\\two.csv\n", "MANIFEST-NAME"),
        ("one.csv\none.csv\n", "MANIFEST-NAME"), ("one.csv\nset.ctl\n", "MANIFEST-NAME"), ("one.csv\ntwo.csv.tmp\n", "MANIFEST-NAME"),
        ("..\n", "MANIFEST-NAME"),
        ("", "MANIFEST-EMPTY"), ("\r\n# nothing\r\n", "MANIFEST-EMPTY"), ("one.csv\ntwo\0.csv", "MANIFEST-TEXT"),
    ])
    func `a manifest that names a file twice, a path or nothing is refused, and nothing of it is taken`(_ content: String, _ code: String)
        async throws
    {
        let world = World()
        try Self.drop(["one.csv", "two.csv"], in: world)
        try world.drop("set.ctl", bytes: Array(content.utf8))

        let report = try await world.run(Self.knobs("{name}"))
        try world.drop("set.ctl", bytes: Array("one.csv\ntwo.csv\n".utf8))
        let mended = try await world.run(Self.knobs("{name}"))

        #expect(report.runs.isEmpty && report.trouble?.code == code, "\(String(describing: report.trouble))")
        #expect(mended.runs.count == 2)
        #expect(await world.shop.quantities.count == 3)
    }

    @Test func `a manifest in an encoding that is not known is refused, and one in UTF-16 with its mark is read`() async throws {
        let world = World()
        try Self.drop(["one.csv", "two.csv"], in: world)
        try world.drop("set.ctl", bytes: Array("one.csv\nGr\u{FC}n.csv\n".unicodeScalars.map { UInt8($0.value) }))
        let refused = try await world.run(Self.knobs("{name}"))
        let units = Array("one.csv\r\ntwo.csv\r\n".utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        try world.drop("set.ctl", bytes: [0xFF, 0xFE] + units)
        let read = try await world.run(Self.knobs("{name}"))

        #expect(refused.runs.isEmpty && refused.trouble?.code == "MANIFEST-TEXT")
        #expect(read.runs.count == 2)
    }

    @Test func `F49 a stop at any crossing leaves a set whole in the end, and never a part of one that is not`() async throws {
        for isWhole in [true, false] {
            var point = 0
            while true {
                // Each crossing of a set that is not whole, and every third of one that is: they are many, and much alike.
                point += isWhole ? 3 : 1
                let world = World()
                try Self.drop(isWhole ? ["one.csv", "two.csv", "set.ctl"] : ["one.csv", "set.ctl"], in: world)
                let (stop, passed) = (point, Counter())
                let boundary = Boundary { _, _ in if passed.next() == stop { throw Stopped() } }
                let isStopped: Bool
                do {
                    try await world.run(Self.knobs(), boundary: boundary)
                    isStopped = false
                } catch is Stopped { isStopped = true }
                for _ in 0..<2 { try await world.run(Self.knobs()) }

                #expect(await world.shop.quantities == (isWhole ? ["A main": 10, "B main": 5, "C main": 7] : [:]), "stopped at crossing \(point)")
                #expect(world.names(in: "out") == (isWhole ? [] : ["one.csv", "set.ctl"]), "stopped at crossing \(point)")
                #expect(try world.unbalanced.isEmpty)
                if !isStopped { break }
            }
            #expect(point > (isWhole ? 20 : 3))
        }
    }

    @Test func `F49 where a limit would hold one file of a set, all of it waits for the decision`() async throws {
        let world = World()
        var knobs = Self.knobs("{name}")
        knobs.after = .leave
        try world.drop("one.csv", [World.line("A", "10")])
        try world.drop("two.csv", (1...20).map { World.line("T\($0)", "5") })
        try world.drop("set.ctl", bytes: Array("one.csv\ntwo.csv\n".utf8))
        try await world.run(knobs)
        let before = await world.shop.writes.count
        try world.drop("one.csv", [World.line("A", "11")])
        try world.drop("two.csv", (1...20).map { World.line("T\($0)", "0") })
        try world.drop("set.ctl", bytes: Array("one.csv\ntwo.csv\n".utf8))

        let report = try await world.run(knobs)

        #expect(report.runs.map(\.run.state) == [.held, .held])
        #expect(await world.shop.writes.count == before)
    }

    @Test func `a manifest that is written over before its set is whole counts as it is now`() async throws {
        let world = World()
        try Self.drop(["one.csv", "set.ctl"], in: world)
        let waiting = try await world.run(Self.knobs())
        try world.drop("set.ctl", bytes: Array("one.csv,2\n".utf8))
        let report = try await world.run(Self.knobs())
        // The same name, another set.
        try world.drop("two.csv", Self.two)
        let unnamed = try await world.run(Self.knobs())
        try world.drop("set.ctl", bytes: Array("two.csv,1\n".utf8))
        let next = try await world.run(Self.knobs())

        #expect(waiting.runs.isEmpty && report.runs.count == 1)
        #expect(unnamed.runs.isEmpty && unnamed.waitingFiles == ["two.csv: no manifest names it"])
        #expect(next.runs.count == 1)
        #expect(await world.shop.quantities == ["A main": 10, "B main": 5, "C main": 7])
    }

    @Test func `a manifest that is written again while its files are fetched means another set`() async throws {
        let world = World()
        try Self.drop(["one.csv", "two.csv", "set.ctl"], in: world)
        let reads = Counter()
        let boundary = Boundary { crossing, moment in
            guard crossing == "endpoint.read", moment == .afterEffect, reads.next() == 2 else { return }
            try world.drop("set.ctl", bytes: Array("one.csv,2\ntwo.csv,1\nthree.csv,9\n".utf8))
        }
        let report = try await world.run(Self.knobs(), boundary: boundary)
        let later = try await world.run(Self.knobs())

        #expect(report.runs.isEmpty && later.runs.isEmpty)
        #expect(await world.shop.writes.isEmpty)
        #expect(later.waitingFiles.joined().contains("three.csv is missing"))
    }

    @Test func `of two manifests that name one file the newer has it, and the older says so`() async throws {
        let world = World()
        try world.drop("old.ctl", bytes: Array("one.csv,2\nmissing.csv,1\n".utf8))
        try Self.drop(["one.csv", "two.csv", "set.ctl"], in: world)

        let report = try await world.run(Self.knobs())

        #expect(report.runs.count == 2)
        #expect(report.waitingFiles.contains { $0.hasPrefix("old.ctl") && $0.contains("one.csv is named by the newer manifest set.ctl too") })
    }

    @Test func `sets of changes are applied in their order, and one that is incomplete holds back those behind it`() async throws {
        let world = World()
        let knobs = Self.knobs("{name}", order: .delta)
        try world.drop("a1.csv", [World.line("A", "1")])
        try world.drop("1.ctl", bytes: Array("a1.csv\na2.csv\n".utf8))
        try world.drop("b1.csv", [World.line("A", "3")])
        try world.drop("2.ctl", bytes: Array("b1.csv\n".utf8))
        let early = try await world.run(knobs)
        try world.drop("a2.csv", [World.line("A", "2")])
        try await world.run(knobs)

        #expect(early.runs.isEmpty && early.waitingFiles.contains { $0.contains("the set of 1.ctl comes before it") })
        #expect(await world.shop.writes.map(\.value.levels[0].quantity) == [1, 2, 3])
    }

    @Test func `a set whose files two flows take is whole for both, and its manifest goes with the last of them`() async throws {
        let world = World()
        func flow(_ name: String, _ pattern: String) throws -> Flow {
            var knobs = Self.knobs("{name}")
            knobs.flowName = name
            knobs.files = pattern
            return try world.flow(knobs)
        }
        let (first, second) = (try flow("first", "one*.csv"), try flow("second", "two*.csv"))
        func run(_ flow: Flow) async throws -> FlowReport { try await world.runner(world.ledger()).run(flow, cause: "schedule") }
        try world.drop("one.csv", Self.one)
        try world.drop("set.ctl", bytes: Array("one.csv\ntwo.csv\n".utf8))
        let early = try await run(first)
        try world.drop("two.csv", Self.two)
        let one = try await run(first)
        let between = world.names(in: "out")
        let two = try await run(second)

        #expect(early.runs.isEmpty && early.waitingFiles.joined().contains("two.csv is missing"))
        #expect(one.runs.count == 1 && two.runs.count == 1)
        #expect(between == ["set.ctl", "two.csv"])
        #expect(world.names(in: "out").isEmpty)
        #expect(await world.shop.quantities == ["A main": 10, "B main": 5, "C main": 7])
    }

    @Test func `F49 sets come from a server, too, and are left there where the flow leaves its files`() async throws {
        let world = try await World.at(try SSHServer.shared.get())
        var knobs = Self.knobs()
        knobs.after = .leave
        try Self.drop(["one.csv", "set.ctl"], in: world)
        let early = try await world.run(knobs)
        try Self.drop(["two.csv"], in: world)
        let report = try await world.run(knobs)
        let again = try await world.run(knobs)

        #expect(early.runs.isEmpty && report.runs.count == 2 && again.runs.isEmpty)
        #expect(world.names(in: "out") == ["one.csv", "set.ctl", "two.csv"])
        #expect(await world.shop.quantities.count == 3)
    }
}
