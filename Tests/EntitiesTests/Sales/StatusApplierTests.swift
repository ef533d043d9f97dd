import Domain
import Entities
import Magento
import MagentoSandbox
import Synchronization
import Testing

struct StatusApplierTests {
    private static let rules = StatusRules(words: [
        "PICKING": .init(comment: "Your order is being picked", audience: .account),
        "PACKED": .init(comment: "Your order is packed", audience: .letter), "STOP": .init(action: .hold), "GO": .init(action: .release),
    ])

    private static func change(_ word: String, order: String = "000000001") -> Change {
        Change(
            id: 1, key: RecordKey(order), before: nil, after: StatusValue(word: word).encoded, version: UTCInstant(seconds: 1_795_230_000))
    }

    @Test func `each word becomes its line in the history, once, and one letter where it says so`() async throws {
        let isSpent = Mutex(false)
        let shop = try SalesShop(mishap: { call in
            guard call.path.contains("comments") else { return nil }
            return isSpent.withLock { spent in
                defer { spent = true }
                return spent ? nil : .commitThenDrop
            }
        })
        let applier = StatusApplier(client: shop.client, rules: Self.rules)

        let answers =
            try await applier.apply([Self.change("PICKING")]) + applier.apply([Self.change("PICKING")])
            + applier.apply([Self.change("PACKED")])

        #expect(answers.areAllApplied)
        let comments = shop.direct.withShop { $0.sales[1]?.comments ?? [] }
        #expect(comments.map(\.text) == ["Your order is being picked", "Your order is packed"])
        #expect(comments.map(\.isVisibleOnFront) == [true, true])
        #expect(shop.notifications.count == 1)
    }

    @Test func `hold and release are done, and done again they are done already`() async throws {
        let shop = try SalesShop()
        let applier = StatusApplier(client: shop.client, rules: Self.rules)

        let held = try await applier.apply([Self.change("STOP")]) + applier.apply([Self.change("STOP")])
        let state = shop.direct.withShop { $0.sales[1]?.state }
        let released = try await applier.apply([Self.change("GO")])

        #expect(held.areAllApplied && released.areAllApplied)
        #expect(state == .holded)
        #expect(shop.direct.withShop { $0.sales[1]?.state } == .new)
    }

    @Test func `a status that the order's state does not allow is refused with what the shop said`() async throws {
        let shop = try SalesShop()
        let rules = StatusRules(words: ["PICKING": .init(status: "processing")])

        let answers = try await StatusApplier(client: shop.client, rules: rules).apply([Self.change("PICKING")])

        #expect(answers[0].rejection?.code == "SHOP-REFUSED")
        #expect(answers[0].rejection?.text.contains("processing") == true)
    }

    @Test func `a word about an unknown order is refused while the file is planned`() async throws {
        let shop = try SalesShop()

        let standings = try await StatusApplier(client: shop.client, rules: Self.rules).lookUp([RecordKey("000000009")])

        guard case .unsuitable(let reason)? = standings[RecordKey("000000009")] else { throw Unexpected() }
        #expect(reason.code == "ORDER-UNKNOWN")
    }

    private struct Unexpected: Error {}
}
