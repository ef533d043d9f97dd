import Testing

@testable import MagentoSandbox

struct SeedTests {
    @Test func `the demo has forty products with stock in Leeds and Newcastle`() {
        let state = ShopState.demo

        #expect(state.catalogue.products.count == 40)
        #expect(state.catalogue["00472-BLK"] != nil && state.catalogue["AB/1000"] != nil)
        #expect(state.sources.map(\.code) == ["default", "main", "north"])
        #expect(state.salableQuantity(sku: "ab/1000", stockID: 2)?.number == "1900")
    }

    @Test func `a letter O and a zero are two products`() {
        #expect(ShopState.demo.catalogue["STOOL-O75"]?.id != ShopState.demo.catalogue["STOOL-075"]?.id)
    }

    @Test func `reservations count against what is salable and it is never below zero`() {
        var state = ShopState.demo
        state.reservations = [Reservation(stockID: 2, sku: "LK-5L-76", quantity: Quantity(-30))]
        #expect(state.salableQuantity(sku: "LK-5L-76", stockID: 2)?.number == "6")

        state.reservations.append(Reservation(stockID: 2, sku: "LK-5L-76", quantity: Quantity(-30)))
        #expect(state.salableQuantity(sku: "LK-5L-76", stockID: 2)?.number == "0")
        #expect(state.salableQuantity(sku: "LK-5L-76", stockID: 9) == nil)
    }

    @Test func `a seed file brings its products, sources and limits`() throws {
        let text = #"{"sources":[{"source_code":"west"}],"products":[{"sku":"X 1","price":2.5,"stock":{"west":7}}],"maximum_items":20}"#

        let state = try SeedFile.read(Array(text.utf8))

        #expect(state.catalogue["x 1"]?.price.number == "2.5")
        #expect(state.sourceItems.item(sku: "X 1", source: "west")?.quantity.number == "7")
        #expect(state.limits.maximumItems == 20)
    }

    @Test func `a seed has groups, costs, offers and trade prices`() throws {
        let text =
            #"{"groups":["Trade C"],"price_scope":"website","products":[{"sku":"X","price":2.5,"cost":1,"special":{"price":2,"to":"2026-11-30 00:00:00"},"tiers":[{"group":"trade c","quantity":10,"price":2.25}]}]}"#

        let state = try SeedFile.read(Array(text.utf8))

        #expect(state.priceScope == .website && state.prices.cost.values.map(\.number) == ["1"])
        #expect(state.prices.special.values.map(\.to) == ["2026-11-30 00:00:00"])
        #expect(state.prices.tiers.values.flatMap { $0 } == [.init(audience: .group(6), quantity: Quantity(10), value: .fixed(Money(pence: 225)))])
    }

    @Test(arguments: [
        "[]", "{", #"{"products":[{}]}"#, #"{"products":[{"sku":"a","tiers":[{"group":"nobody"}]}]}"#, #"{"products":[{"sku":"a","price":"dear"}]}"#,
    ])
    func `a seed file that makes no sense is refused`(_ text: String) {
        #expect(throws: SeedFile.Invalid.self) { try SeedFile.read(Array(text.utf8)) }
    }
}
