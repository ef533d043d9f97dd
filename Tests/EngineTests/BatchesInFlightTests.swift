import Domain
import Entities
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Engine

/// Several batches under way at one time (reliability C1 to C6, G1 to G6): stops, lost answers and troubles at every crossing, in the order in
/// which chance lets the batches arrive.
struct BatchesInFlightTests {
    private struct Stopped: Error {}

    private static let skus = (0..<8).map { "S\($0)" }

    private static func world(seed: UInt64, flights: Int = 4) async throws -> World {
        let world = World(shop: FakeShop(batchSize: 2, batchesInFlight: flights, seed: seed))
        await world.shop.forget("GHOST")
        try world.drop("first.csv", skus.map { World.line($0, "3") })
        try await world.run(knobs)
        try world.drop("second.csv", skus.enumerated().map { World.line($1, "\($0 + 10)") } + [World.line("GHOST", "1"), World.line("S20", "x")])
        return world
    }

    private static var knobs: World.Knobs {
        var knobs = World.Knobs()
        knobs.gates.rejected = nil
        return knobs
    }

    private struct EndState: Equatable {
        var shop: [String: ExactDecimal]
        var tallies: [Tally]
        var errors: [String]
        var mirror: [ExactDecimal?]
        var unbalanced: [Int64]
    }

    private static func rest(_ world: World, runs: Int = 4) async throws -> EndState {
        for _ in 0..<runs { try await world.run(knobs) }
        let ledger = try world.ledger()
        return EndState(
            shop: await world.shop.quantities,
            tallies: try ledger.read { reader in
                try reader.recentRuns(limit: 100).filter { $0.state == .finished }.reversed()
                    .flatMap { try reader.tallies(run: $0.id).map(\.tally) }
            },
            errors: try world.errors().map { "\($0.verdict.reason?.code ?? "") \($0.verdict.origin.line)" }.sorted(),
            mirror: try skus.map { sku in
                try world.mirror(sku).flatMap { try StockValue(encoded: $0.value).levels.first?.quantity }
            },
            unbalanced: try world.unbalanced)
    }

    /// Counts the crossings, and strikes at one of them.
    private static func striking(_ point: Int, _ crossings: Counter, _ strike: @escaping @Sendable (Boundary.Moment) throws -> Void) -> Boundary {
        Boundary { _, moment in if crossings.next() == point { try strike(moment) } }
    }

    @Test func `several batches are under way together, each with keys of its own, and every one is written down before it leaves`() async throws {
        let world = World(shop: FakeShop(batchSize: 2, batchesInFlight: 4, seed: 1))
        try world.drop("a.csv", Self.skus.map { World.line($0, "7") })
        let depth = Mutex((now: 0, most: 0))
        let boundary = Boundary { name, moment in
            guard name == "shop.apply" else { return }
            depth.withLock { depth in
                depth.now += moment == .before ? 1 : moment == .afterEffect ? -1 : 0
                depth.most = max(depth.most, depth.now)
            }
        }

        let report = try await world.run(Self.knobs, boundary: boundary)

        #expect(report.tally == Tally(read: 8, counts: [.applied: 8]))
        #expect((2...4).contains(depth.withLock { $0.most }))
        let written = await world.shop.writes.map(\.key)
        #expect(written.count == 8 && Set(written).count == 8)
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `F76 a stop at any crossing with four batches under way changes nothing in the end (G1, G2, G3)`() async throws {
        let undisturbed = try await Self.world(seed: 1)
        let crossings = Counter()
        try await undisturbed.run(Self.knobs, boundary: Self.striking(0, crossings) { _ in })
        let expected = try await Self.rest(undisturbed)
        #expect(expected.unbalanced.isEmpty && expected.shop["S7 main"] == 17 && expected.shop["GHOST main"] == nil)

        for point in 1...crossings.count {
            let world = try await Self.world(seed: UInt64(point))
            _ = try? await world.run(Self.knobs, boundary: Self.striking(point, Counter()) { _ in throw Stopped() })
            #expect(try world.unbalanced.isEmpty, "the books right after a stop at crossing \(point)")
            _ = try? await world.run(Self.knobs, boundary: Self.striking(point % 9 + 1, Counter()) { _ in throw Stopped() })

            #expect(try await Self.rest(world) == expected, "after a stop at crossing \(point)")
        }
    }

    @Test func `F78 trouble of this machine at any crossing with four batches under way changes nothing in the end`() async throws {
        let undisturbed = try await Self.world(seed: 1)
        let crossings = Counter()
        try await undisturbed.run(Self.knobs, boundary: Self.striking(0, crossings) { _ in })
        let expected = try await Self.rest(undisturbed)

        for point in stride(from: 1, through: crossings.count, by: 3) {
            let world = try await Self.world(seed: UInt64(point))
            let full = Self.striking(point, Counter()) { moment in
                if moment == .before { throw Diagnostic("LEDGER-DISK", "no room", fix: "free space", kind: .transient) }
            }
            _ = try? await world.run(Self.knobs, boundary: full)

            #expect(try await Self.rest(world) == expected, "after trouble at crossing \(point)")
        }
    }

    @Test(arguments: 1...40)
    func `F50 to F53 answers that are lost, effects that come late and a shop that closes, in any of the batches, end as undisturbed`(_ seed: UInt64)
        async throws
    {
        let undisturbed = try await Self.world(seed: 1)
        try await undisturbed.run(Self.knobs)
        let expected = try await Self.rest(undisturbed)
        var random = SeededRandom(seed: seed)
        let world = try await Self.world(seed: seed, flights: Int.random(in: 2...5, using: &random))
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            switch Int.random(in: 0..<3, using: &random) {
            case 0: await world.shop.plan(.commitThenDrop)
            case 1: await world.shop.plan(.dropBefore)
            default: await world.shop.plan(.unavailable)
            }
        }

        try await world.run(Self.knobs)
        #expect(try world.unbalanced.isEmpty)

        // Each trouble may end a run of its own.
        var end = try await Self.rest(world, runs: 10)
        end.tallies = end.tallies.filter { $0[.duplicate] == 0 }
        var wanted = expected
        wanted.tallies = wanted.tallies.filter { $0[.duplicate] == 0 }
        #expect(end == wanted)
    }
}
