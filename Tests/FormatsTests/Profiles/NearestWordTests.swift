import Testing

@testable import Formats

struct NearestWordTests {
    @Test(arguments: [
        ("feilds", "fields"), ("Qty In Stok", "Qty In Stock"), ("SKU", "sku"), ("stock_code", "Stock Code"),
    ])
    func `a slip of the finger finds the word that was meant`(word: String, meant: String) {
        #expect(NearestWord.of(word, among: ["fields", "Qty In Stock", "sku", "Stock Code", "title"]) == meant)
    }

    @Test(arguments: ["colour", "x", ""])
    func `a word unlike all others finds none`(word: String) {
        #expect(NearestWord.of(word, among: ["fields", "Qty In Stock"]) == nil)
    }

    @Test func `nothing is near to an empty list`() {
        #expect(NearestWord.of("sku", among: []) == nil)
    }
}
