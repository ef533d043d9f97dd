import Domain
import StateStore
import Testing

@testable import Engine

/// What tests of comparisons begin with and ask.
extension World {
    /// So many products whose first file was applied: `SKU-0` with 100, `SKU-1` with 101, and so on, from 100 again after 50.
    static func applied(_ products: Int) async throws -> World {
        let world = World()
        for number in 0..<products { await world.shop.put("SKU-\(number)", quantity: 0) }
        try world.drop("a.csv", (0..<products).map { World.line("SKU-\($0)", "\(100 + $0 % 50)") })
        #expect(try await world.run().tally[.applied] == products)
        return world
    }

    func compared(
        _ scope: Reconciler.Scope = .all, _ sequel: Reconciler.Sequel = .report
    ) async throws -> (Reconciliation, [FoundDifference]) {
        let found = try await Reconciler(runner: runner(ledger())).reconcile(flow(Knobs()), scope: scope, sequel: sequel)
        let first = try #require(found.first)
        return (first, try ledger().read { try $0.differences(of: first.id, limit: .max) })
    }
}
