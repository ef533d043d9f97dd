import Testing

@testable import MagentoSandbox

/// What sells is told by the index, and the index can lose rows.
struct StockIndexTests {
    private static let route = "/rest/V1/inventory/are-products-salable"

    private var shop: ShopState {
        var state = ShopState.empty
        for sku in ["A", "B"] {
            state.catalogue.add(sku: sku)
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(5), isInStock: sku == "A")
        }
        state.stocks = [InventoryStock(id: 2, name: "UK", websites: ["base"])]
        state.links = [StockSourceLink(stockID: 2, source: "main", priority: 1)]
        return state
    }

    private func sells(_ state: inout ShopState) -> Bool {
        state.ask("GET", "\(Self.route)?skus[0]=A&stockId=2").text.contains("\"salable\":true")
    }

    private func save(_ state: inout ShopState) {
        state.ask("POST", "/rest/V1/inventory/source-items", #"{"sourceItems":[{"sku":"a","source_code":"main","quantity":5,"status":1}]}"#)
    }

    @Test func `several products are answered in one call, each by name`() {
        var state = shop

        #expect(
            state.ask("GET", "\(Self.route)?skus[0]=A&skus[1]=B&stockId=2").text
                == #"[{"sku":"A","stock_id":2,"salable":true},{"sku":"B","stock_id":2,"salable":false}]"#)
        #expect(state.ask("GET", "\(Self.route)?skus[0]=A&skus[1]=X&stockId=2").text.contains(#""sku":"X","stock_id":2,"salable":false"#))
        #expect(state.ask("GET", "\(Self.route)?stockId=2").status == 400)
        #expect(state.ask("GET", "\(Self.route)?skus[0]=A&stockId=9").status == 400)
    }

    @Test func `a lost row sells nothing until its source item is saved`() {
        var state = shop
        state.stockIndex.lose(sku: "A", stockID: 2)

        let before = sells(&state)
        save(&state)

        #expect(!before && sells(&state))
        #expect(state.sourceItems.item(sku: "A", source: "main")?.quantity == Quantity(5))
    }

    @Test func `with the strategy async a save waits for the consumer, and a reindex cures all`() {
        var state = shop
        state.stockIndex.strategy = .async
        state.stockIndex.lose(sku: "A", stockID: 2)

        save(&state)
        let early = sells(&state)
        state.stockIndex.consume()
        let late = sells(&state)
        state.stockIndex.lose(sku: "A", stockID: 2)
        state.stockIndex.consume()
        let again = sells(&state)
        state.stockIndex.rebuild()

        #expect(!early && late && !again && sells(&state))
    }
}
