import Domain
import Entities
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Engine

/// Reliability G1: stop at every crossing of the process's boundary, start again, run to rest; the end is the same.
struct RestartTests {
    /// Stands for the death of the process: nothing in the program catches it.
    private struct Stopped: Error {}

    private final class Crossings: Sendable {
        private let passed = Mutex(0)
        var count: Int { passed.withLock { $0 } }

        /// Stops at crossing `number`; 0 only counts.
        func stopping(at number: Int = 0) -> Boundary {
            Boundary { _, _ in
                let current = self.passed.withLock { passed in
                    passed += 1
                    return passed
                }
                if current == number { throw Stopped() }
            }
        }
    }

    private static func prepared(_ shop: FakeShop = FakeShop(batchSize: 2)) async throws -> World {
        let world = World(shop: shop)
        await world.shop.put("OLD", quantity: 3)
        try world.drop("first.csv", [World.line("A", "10"), World.line("B", "5"), World.line("OLD", "3")])
        try await world.run(Self.knobs)
        try world.drop(
            "second.csv",
            [
                World.line("A", "11"), World.line("B", "x"), World.line("C", "7"), World.line("D", "8"),
                World.line("D", "2", warehouse: "NCL"), World.line("OLD", "3"), World.line("GHOST", "1"),
            ]
        )
        await world.shop.forget("GHOST")
        return world
    }

    private static var knobs: World.Knobs {
        var knobs = World.Knobs()
        knobs.gates.rejected = nil
        return knobs
    }

    /// Everything a user could look at, without numbers that only count attempts.
    private struct EndState: Equatable {
        var shop: [String: ExactDecimal]
        var tallies: [Tally]
        var errors: [String]
        var mirror: [String?]
        var inbox: [String]
        var archived: Int
    }

    private static func endState(of world: World) async throws -> EndState {
        let ledger = try world.ledger()
        let definition = StockDefinition(warehouses: .sources(["LDS": "main", "NCL": "north"], ignored: []))
        return EndState(
            shop: await world.shop.quantities,
            tallies: try ledger.read { reader in
                try reader.recentRuns(limit: 100).filter { $0.state == .finished }.reversed()
                    .flatMap { try reader.tallies(run: $0.id).map(\.tally) }
                    .filter { $0[.duplicate] == 0 }
            },
            errors: try world.errors().map { "\($0.verdict.reason?.code ?? "") \($0.verdict.origin.line)" }.sorted(),
            mirror: try ["A", "B", "C", "D", "OLD", "GHOST"].map { sku in
                try world.mirror(sku).map { definition.describe($0.value) }
            },
            inbox: world.names(in: "out"), archived: world.names(in: "archive").count
        )
    }

    @Test func `F76 a stop at any crossing changes nothing in the end (G1, G2, G3)`() async throws {
        let undisturbed = try await Self.prepared()
        let counting = Crossings()
        try await undisturbed.run(Self.knobs, boundary: counting.stopping())
        let crossings = counting.count
        let expected = try await Self.endState(of: undisturbed)
        #expect(expected.tallies.last == Tally(read: 7, counts: [.applied: 4, .unchanged: 1, .rejected: 2]))
        #expect(crossings > 40)

        for point in 1...crossings {
            let world = try await Self.prepared()
            await #expect(throws: Stopped.self, "crossing \(point)") {
                try await world.run(Self.knobs, boundary: Crossings().stopping(at: point))
            }
            #expect(try world.unbalanced.isEmpty, "the books right after a stop at crossing \(point)")

            // The recovery is stopped too, at a crossing of its own.
            _ = try? await world.run(Self.knobs, boundary: Crossings().stopping(at: point % 7 + 1))
            #expect(try world.unbalanced.isEmpty)
            for _ in 0..<3 { try await world.run(Self.knobs) }

            let end = try await Self.endState(of: world)
            #expect(end == expected, "after a stop at crossing \(point)")
            #expect(try world.unbalanced.isEmpty)
        }
        print("restart: \(crossings) crossings, each stopped at once and during recovery")
    }

    @Test func `F78 F88 trouble of this machine at any crossing, told and not fatal, changes nothing in the end, and nothing is sent twice`()
        async throws
    {
        let undisturbed = try await Self.prepared()
        let counting = Crossings()
        try await undisturbed.run(Self.knobs, boundary: counting.stopping())
        let expected = try await Self.endState(of: undisturbed)
        let writes = await undisturbed.shop.writes.count

        for point in 1...counting.count {
            let world = try await Self.prepared()
            let full = Boundary { [crossings = Crossings().stopping(at: point)] name, moment in
                do {
                    try crossings.cross(name, moment)
                } catch  where moment == .before {
                    throw Diagnostic("LEDGER-DISK", "no room", fix: "free space", kind: .transient)
                } catch {}
            }
            _ = try? await world.run(Self.knobs, boundary: full)
            #expect(try world.unbalanced.isEmpty, "the books right after trouble at crossing \(point)")
            for _ in 0..<3 { try await world.run(Self.knobs) }

            let end = try await Self.endState(of: world)
            #expect(end == expected, "after trouble at crossing \(point)")
            #expect(await world.shop.writes.count == writes, "after trouble at crossing \(point)")
        }
    }

    @Test func `B9 a file that ends the program three times is set aside, and the next one goes on`() async throws {
        let world = World()
        try world.drop("poison.csv", [World.line("A", "10")])
        for _ in 1...3 {
            let dying = Boundary { name, moment in
                if name == "shop.look-up", moment == .before { throw Stopped() }
            }
            await #expect(throws: Stopped.self) { try await world.run(World.Knobs(), boundary: dying) }
        }

        let fourth = try await world.run()
        try world.drop("good.csv", [World.line("A", "11")])
        let fifth = try await world.run()

        #expect(fourth.state == .failed)
        #expect(fourth.runs.first?.trouble?.code == "FILE-POISON")
        #expect(fifth.state == .finished)
        #expect(await world.shop.quantity("A") == 11)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test(arguments: [1, 2, 3])
    func `B9 a file over which the program ends before its run begins is set aside after three times, and it alone`(_ number: Int) async throws {
        let world = World()
        for (minute, name) in ["a.csv", "b.csv", "c.csv"].enumerated() { try world.drop(name, [World.line("A", "1\(minute)")]) }
        for _ in 1...3 {
            let count = Mutex(0)
            // What is held by now is not read again; a file that is seen for the first time is read twice.
            let held = try world.ledger().read { try $0.drops(flow: "stock", in: .staged).count }
            let dying = Boundary { name, moment in
                guard name == "endpoint.read", moment == .before else { return }
                if count.withLock({
                    $0 += 1; return $0
                }) == 2 * (number - held) - 1 {
                    throw Stopped()
                }
            }
            await #expect(throws: Stopped.self) { try await world.run(World.Knobs(), boundary: dying) }
        }

        let fourth = try await world.run()
        let aside = try world.ledger().read { try $0.drops(flow: "stock", in: .quarantined) }.map { String(decoding: $0.file.name, as: UTF8.self) }

        #expect(fourth.runs.filter { $0.trouble?.code == "FILE-POISON" }.count == 1)
        #expect(aside == [["a.csv", "b.csv", "c.csv"][number - 1]])
        #expect(fourth.runs.count { $0.run.state == .finished } == 2)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `B9 an error that stops a run in order is held against no file, however often it comes`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])
        let away = Boundary { name, moment in
            if name == "endpoint.read", moment == .before { throw Diagnostic("ENDPOINT-LOST", "gone", fix: "wait", kind: .transient) }
        }
        for _ in 1...5 { await #expect(throws: Diagnostic.self) { try await world.run(World.Knobs(), boundary: away) } }

        #expect(try await world.run().state == .finished)
    }

    @Test func `F63 a shop that cannot be asked never makes a file suspicious, however often it is tried`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])
        let closed = Boundary { name, moment in
            if name == "shop.look-up", moment == .before {
                throw Diagnostic("SHOP-CLOSED", "closed", fix: "wait", kind: .transient)
            }
        }
        for _ in 1...6 {
            await #expect(throws: Diagnostic.self) { try await world.run(World.Knobs(), boundary: closed) }
        }

        let report = try await world.run()

        #expect(report.state == .finished)
        #expect(await world.shop.quantity("A") == 10)
    }

    @Test func `F51 an answer that was lost is settled by looking, and nothing is sent twice`() async throws {
        let world = World()
        await world.shop.plan(.commitThenDrop)
        try world.drop("a.csv", [World.line("A", "10")])

        let first = try await world.run()
        let second = try await world.run()

        #expect(first.state == .waiting)
        #expect(first.tally == Tally(read: 1, counts: [.deferred: 1]))
        #expect(second.state == .finished)
        #expect(second.tally == Tally(read: 1, counts: [.applied: 1]))
        #expect(await world.shop.writes.count == 1)
    }

    @Test func `F50 a request that never arrived is sent again, once`() async throws {
        let world = World()
        await world.shop.plan(.dropBefore)
        try world.drop("a.csv", [World.line("A", "10")])

        try await world.run()
        let second = try await world.run()

        #expect(second.tally == Tally(read: 1, counts: [.applied: 1]))
        #expect(await world.shop.writes.count == 1)
    }

    @Test func `F62 a closed shop defers everything, and a newer file overtakes what waits`() async throws {
        let world = World()
        await world.shop.plan(.unavailable)
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "1")])
        let first = try await world.run()
        #expect(first.state == .waiting)
        await world.shop.plan(.unavailable)
        try world.drop("b.csv", [World.line("A", "12"), World.line("B", "1")])

        let second = try await world.run()

        #expect(await world.shop.quantity("A") == 12)
        #expect(second.runs.last?.run.state == .finished)
        let older = try world.ledger().read { try $0.run(first.runs[0].run.id) }
        #expect(older?.state == .finished)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `a change computed from an older value gives way to a newer one (C1)`() async throws {
        let world = World()
        var knobs = World.Knobs()
        knobs.approval = .always
        knobs.mode = .full
        try world.drop("a.csv", [World.line("A", "10")])
        let held = try await world.run(knobs)
        let run = try #require(held.runs.first?.run.id)
        try world.ledger().write { writer in
            try writer.setMirror(
                entity: "stock", key: RecordKey("A"),
                value: StockValue(levels: [StockLevel(source: "main", quantity: 99, isInStock: true)]).encoded,
                version: world.clock.timeline.now().adding(.seconds(3600)), change: nil
            )
        }

        let report = try await world.desk().approve(run, of: world.flow(knobs), by: "ann")

        #expect(report.tallies[0].tally == Tally(read: 1, counts: [.superseded: 1]))
        #expect(await world.shop.writes.isEmpty)
    }
}
