import Testing

@testable import MagentoSandbox

/// What the price routes and the dump of the stock index say of what there is (transcripts-2, exist-* and dump-*), one case each.
struct ExistenceTests {
    private static let asking = "/rest/all/V1/products/base-prices-information"
    private static let dump = "/rest/all/V1/inventory/dump-stock-index-data"

    private var shop: ShopState {
        var state = ShopState.empty
        for sku in ["P00001", "P00002", "MiXeD-Case", "CAFÉ-1", "A B", "C,1/\"+"] { state.catalogue.add(sku: sku) }
        state.catalogue.add(sku: "CFG0", kind: .configurable)
        state.catalogue.add(sku: "GRP-1", kind: .grouped)
        state.catalogue.add(sku: "BUN-FIX", kind: .bundle)
        state.catalogue.add(sku: "BUN-DYN", kind: .bundle)
        state.catalogue.update("BUN-DYN") { $0.hasDynamicPrice = true }
        state.catalogue.update("P00002") { $0.isEnabled = false }
        for sku in ["P00001", "P00002"] { state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(25), isInStock: true) }
        state.stocks = [InventoryStock(id: 2, name: "UK", websites: ["base"])]
        state.links = [StockSourceLink(stockID: 2, source: "main", priority: 1)]
        return state
    }

    private func skus(_ asked: String) -> [String] {
        var state = shop
        let text = state.ask("POST", Self.asking + "?fields=sku", #"{"skus":["# + asked + "]}").text
        return (try? JSONParser.parse(Array(text.utf8)))?.elements?.compactMap { $0["sku"]?.text } ?? ["unreadable"]
    }

    @Test(arguments: [
        (#""P00002","NOPE-1","P00001""#, ["P00001", "P00002"], "unknown ones are left out, disabled ones not"),
        (#""CFG0","GRP-1","BUN-DYN","BUN-FIX""#, ["BUN-FIX"], "so is what has no price of its own"),
        (#""p00001","mixed-case""#, ["p00001", "mixed-case"], "letter case folds, and the spelling asked for comes back"),
        (#""café-1","CAFé-1","CAFE-1""#, [], "neither accents fold nor the case of a letter with one"),
        (#""cafÉ-1""#, ["cafÉ-1"], "the other letters' case does"),
        (#""P00001 ","P00001""#, ["P00001 "], "twice asked is once answered, in the first spelling"),
        (#"" P00001","A  B""#, [], "blanks before and between count"),
        (#""C,1/\"+","A B""#, ["A B", "C,1/\"+"], "commas, slashes and quotes are letters like others"),
        (#"null,"",473,"P00001""#, ["P00001"], "what is no text is passed over"),
        ("", [], "nobody asked about nobody"),
    ])
    func `asking for base prices tells what exists`(_ asked: String, _ found: [String], _ why: Comment) {
        #expect(skus(asked) == found, why)
    }

    @Test func `a product without a price is left out until it has one, and a deleted one at once`() {
        var state = shop
        state.ask("POST", "/rest/all/V1/products", #"{"product":{"sku":"BARE","attribute_set_id":4,"type_id":"simple","name":"Bare"}}"#)
        let bare = state.read("base-prices", "BARE")
        state.price("base-prices", #"{"price":3,"store_id":0,"sku":"BARE"}"#)
        let priced = state.read("base-prices", "bare")
        state.catalogue.remove("BARE")

        #expect(bare == "[]")
        #expect(priced == #"[{"price":3,"store_id":0,"sku":"bare"}]"#)
        #expect(state.read("base-prices", "BARE") == "[]")
    }

    @Test func `a body without a list is refused`() {
        var state = shop

        #expect(state.ask("POST", Self.asking, "{}").status == 400)
        #expect(state.ask("POST", Self.asking, #"{"skus":"P00001"}"#).text.contains("string[]"))
    }

    @Test func `costs are asked for the same way, and what has none is left out`() {
        var state = shop
        state.price("cost", #"{"cost":4.5,"store_id":0,"sku":"P00001"}"#)

        #expect(state.read("cost", "p00001", "P00002", "NOPE") == #"[{"cost":4.5,"store_id":0,"sku":"p00001"}]"#)
    }

    /// Finding 6: dump-01 to dump-02d, dump-04.
    @Test func `the dump lists quantities without reservations, composites with none, disabled products as any other`() {
        var state = shop
        state.reservations.append(Reservation(stockID: 2, sku: "P00001", quantity: Quantity(-20)))

        let text = state.ask("GET", Self.dump + "/website/BASE").text

        #expect(text.hasPrefix(#"[{"sku":"P00001","qty":25,"is_salable":true},{"sku":"P00002","qty":25,"is_salable":true}"#))
        #expect(text.contains(#"{"sku":"CFG0","qty":0,"is_salable":true}"#))
        #expect(!text.contains("MiXeD"), "a product without a row in the index is absent")
    }

    /// Finding 7: dump-03, dump-07.
    @Test func `a product that the index lost or that is gone is absent from the dump, and saving its unchanged stock brings it back`() {
        var state = shop
        state.stockIndex.lose(sku: "P00001", stockID: 2)
        state.catalogue.remove("P00002")
        let lost = state.ask("GET", Self.dump + "/website/base").text
        state.ask("POST", "/rest/V1/inventory/source-items", #"{"sourceItems":[{"sku":"P00001","source_code":"main","quantity":25,"status":1}]}"#)

        #expect(!lost.contains("P0000"))
        #expect(state.ask("GET", Self.dump + "/website/base").text.contains(#""sku":"P00001","qty":25"#))
    }

    @Test func `a website that is not there has no linked stock, and the admin's has no rows`() {
        var state = shop

        #expect(state.ask("GET", Self.dump + "/website/nowhere").text == #"{"message":"No linked stock found"}"#)
        #expect(state.ask("GET", Self.dump + "/shop/base").status == 404)
        #expect(state.ask("GET", Self.dump + "/website/admin").text == "[]")
    }
}
