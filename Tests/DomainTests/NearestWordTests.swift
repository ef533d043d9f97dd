import Domain
import Testing

struct NearestWordTests {
    @Test(arguments: [
        ("feilds", "fields"), ("Qty In Stok", "Qty In Stock"), ("SKU", "sku"), ("stock_code", "Stock Code"), ("suk", "sku"),
    ])
    func `a slip of the finger finds the word that was meant`(word: String, meant: String) {
        #expect(NearestWord.of(word, among: ["fields", "Qty In Stock", "sku", "Stock Code", "title"]) == meant)
    }

    @Test(arguments: ["colour", "x", ""])
    func `a word unlike all others finds none`(word: String) {
        #expect(NearestWord.of(word, among: ["fields", "Qty In Stock"]) == nil)
    }

    @Test func `the beginning of one word is that word, and the beginning of two is neither`() {
        #expect(NearestWord.of("auto", among: ["automatic", "always"]) == "automatic")
        #expect(NearestWord.of("order", among: ["order_cancellations", "order_references_x"]) == nil)
    }

    @Test func `nothing is near to an empty list`() {
        #expect(NearestWord.of("sku", among: []) == nil)
    }
}
