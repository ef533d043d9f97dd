import Domain
import MagentoSandbox
import TestKit
import Testing

@testable import Magento

/// Whether the shop does what it took for later.
struct BulkQueueTests {
    /// Has the shop take one call for later, as another integration would.
    private static func submit(_ shop: SandboxedShop) async {
        let path = ["rest", "all", "async", "V1", "inventory", "source-items"]
        _ = await shop.client.transport.send(
            ShopCall(.post, path, body: Array("{\"sourceItems\":[]}".utf8), effect: .once, expects: .object, root: .shop))
    }

    private static func stalled(_ shop: SandboxedShop, at moment: UTCInstant) async throws -> BulkQueue.Stalled? {
        try await shop.client.bulkQueue.stalled(since: moment)
    }

    @Test func `C365 a queue that stands still is told from one that is slow, and from a row that was forgotten`() async throws {
        let now = Timeline.system.now()
        func stamp(_ seconds: Int64) -> String { ShopTime.text(now.adding(.seconds(-seconds))) }
        try await SandboxedShop.run { shop in
            let before = try await Self.stalled(shop, at: now)
            #expect(before == nil, "nothing was ever taken")

            await Self.submit(shop)
            let first = stamp(1200)
            shop.shop.withState { $0.queue.bulks[0].startedAt = first }
            let still = try await Self.stalled(shop, at: now.adding(.seconds(-600)))
            #expect(still?.count == 1 && still?.since == UTCInstant(seconds: now.adding(.seconds(-1200)).milliseconds / 1000))
            let patient = try await Self.stalled(shop, at: now.adding(.seconds(-1800)))
            #expect(patient == nil, "not so long yet")

            await Self.submit(shop)
            let second = stamp(300)
            shop.shop.withState { state in
                state.queue.bulks[1].startedAt = second
                state.queue.bulks[1].operations[0].status = .complete
            }
            let slow = try await Self.stalled(shop, at: now.adding(.seconds(-600)))
            #expect(slow == nil, "what came later was done: the consumer works")
        }
    }
}
