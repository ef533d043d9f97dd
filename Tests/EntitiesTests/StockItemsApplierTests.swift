import Domain
import Entities
import Magento
import MagentoSandbox
import Testing

struct StockItemsApplierTests {
    private func value(_ quantity: ExactDecimal, source: String = "default") -> EncodedValue {
        StockValue(levels: [StockLevel(source: source, quantity: quantity, isInStock: true)]).encoded
    }

    private func applier(_ shop: ApplierShop) -> StockItemsApplier { StockItemsApplier(client: shop.client, concurrency: 2) }

    @Test func `each product is written by one call, and no more are open than allowed`() async throws {
        try await ApplierShop.run(products: 12) { shop in
            let changes = (0..<12).map { shop.change(ApplierShop.sku($0), to: value(4), id: Int64($0)) }

            let answers = await applier(shop).apply(changes)

            #expect(answers.areAllApplied)
            #expect(shop.quantity("P-011", "default") == "4")
            #expect(JournalCheck.concurrency(shop.shop.journal.entries, atMost: 2).isEmpty)
            #expect(JournalCheck.nothingTwice(shop.shop.journal.entries).isEmpty)
        }
    }

    @Test func `a product that is gone and a source that is not default are rejected`() async throws {
        try await ApplierShop.run { shop in
            let answers = await applier(shop).apply([
                shop.change("NOPE", to: value(4)), shop.change("P-000", to: value(4, source: "main")),
            ])

            #expect(answers.map { $0.rejection?.code } == ["SHOP-REFUSED", "SOURCE-UNSUPPORTED"])
        }
    }

    @Test func `F51 a lost answer is settled by looking`() async throws {
        try await ApplierShop.run(faults: [FaultRule(.commitThenDrop, method: "PUT")]) { shop in
            let answers = await applier(shop).apply([shop.change("P-000", to: value(4))])

            #expect(answers[0].evidence == "read back default 4")
        }
    }

    @Test func `F50 a write that did not happen and gave no answer is deferred`() async throws {
        try await ApplierShop.run(faults: [FaultRule(.closeBeforeCommit, method: "PUT")]) { shop in
            let answers = await applier(shop).apply([shop.change("P-000", to: value(4))])

            #expect(answers[0].deferral?.code == "SHOP-NO-ANSWER" && shop.quantity("P-000", "default") == nil)
        }
    }

    @Test func `what the shop holds is observed and read back`() async throws {
        try await ApplierShop.run(products: 5) { shop in
            let applier = applier(shop)
            let change = shop.change("P-003", to: value(8))
            _ = await applier.apply([change])

            let read = try await applier.readBack([change])
            #expect(read.map(\.value) == [value(8)])
            let counter = Counter()
            try await applier.observe { await counter.add($0.count) }
            let count = await counter.count
            #expect(count == 5)
        }
    }

    private actor Counter {
        private(set) var count = 0
        func add(_ more: Int) { count += more }
    }
}
