import Domain
import Entities
import StateStore
import TestKit
import Testing

@testable import Engine

/// What goes first to the shop: what ends a sale, then what moves fast, then the rest; also with several batches under way, and after a stop.
struct UrgencyTests {
    private struct Stopped: Error {}

    private static let skus = (0..<24).map { "S\($0)" }
    private static let ending: Set<String> = ["S5", "S11", "S20"]
    private static let moving: Set<String> = ["S2", "S3", "S8", "S14"]

    private static var knobs: World.Knobs {
        var knobs = World.Knobs()
        knobs.gates.toZero = nil
        return knobs
    }

    /// Every product is in the shop, four of them as of yesterday; now three go to nothing and all others change.
    private static func world(flights: Int = 1, batch: Int = 2, seed: UInt64 = 1) async throws -> World {
        let world = World(shop: FakeShop(batchSize: batch, batchesInFlight: flights, seed: seed))
        try world.drop("first.csv", skus.map { World.line($0, "3") })
        try await world.run(knobs)
        world.clock.advance(by: .seconds(10 * 86_400))
        try world.drop("second.csv", skus.map { World.line($0, moving.contains($0) ? "4" : "3") })
        try await world.run(knobs)
        world.clock.advance(by: .seconds(86_400))
        await world.shop.forgetWrites()
        try world.drop("third.csv", skus.map { World.line($0, ending.contains($0) ? "0" : "9") })
        return world
    }

    private static func written(_ world: World) async -> [String] { await world.shop.writes.map { "\($0.key)" } }

    @Test func `what ends a sale is sent first, then what moved within a day and a half, then the rest`() async throws {
        let world = try await Self.world()

        try await world.run(Self.knobs)

        let order = await Self.written(world)
        #expect(order.count == 24)
        #expect(Set(order.prefix(3)) == Self.ending, "\(order)")
        #expect(Set(order.dropFirst(3).prefix(4)) == Self.moving, "\(order)")
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `a batch of what goes first is not filled up with the rest, and the run tells when it was in the shop`() async throws {
        let world = try await Self.world(batch: 10)
        let sizes = Counter()

        let report = try await world.run(
            Self.knobs,
            boundary: Boundary { name, moment in
                guard name == "shop.apply", moment == .afterEffect else { return }
                world.clock.advance(by: .seconds(4))
                _ = sizes.next()
            })

        let run = try #require(report.runs.last?.run.id)
        let first = try world.ledger().read { try $0.times(run: run).first }
        #expect(first?.changes == 3 && first?.answered == .seconds(4))
        // Three alone, and the others ten at a time.
        #expect(sizes.count == 1 + 3)
    }

    @Test(arguments: 1...12) func `with four batches under way nothing of the rest leaves before what goes first has its answers`(_ seed: UInt64)
        async throws
    {
        let world = try await Self.world(flights: 4, seed: seed)

        try await world.run(Self.knobs)

        let order = await Self.written(world)
        #expect(order.count == 24 && Set(order.prefix(3)) == Self.ending, "\(order)")
        #expect(try world.unbalanced.isEmpty)
    }

    @Test(arguments: [1, 4]) func `after a stop at any crossing what goes first still goes first, once, and the end is as undisturbed`(_ flights: Int)
        async throws
    {
        let undisturbed = try await Self.world(flights: flights)
        let crossings = Counter()
        try await undisturbed.run(Self.knobs, boundary: Boundary { _, _ in _ = crossings.next() })
        let expected = await undisturbed.shop.quantities

        for point in stride(from: flights, through: crossings.count, by: max(1, crossings.count / 9)) {
            let world = try await Self.world(flights: flights, seed: UInt64(point))
            let passed = Counter()
            _ = try? await world.run(Self.knobs, boundary: Boundary { _, _ in if passed.next() == point { throw Stopped() } })
            for _ in 0..<3 { try await world.run(Self.knobs) }

            let order = await Self.written(world)
            #expect(await world.shop.quantities == expected, "after a stop at crossing \(point)")
            #expect(Self.ending.isSuperset(of: order.prefix(3)), "after a stop at crossing \(point): \(order)")
            #expect(try world.unbalanced.isEmpty, "after a stop at crossing \(point)")
        }
    }
}
