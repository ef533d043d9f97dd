import Domain
import Testing

@testable import Formats

/// Header drift: the same data, or a refusal that names the column; never shifted values (reliability B6).
struct HeaderTests {
    private func profile(_ header: String = "{}") throws -> Profile {
        try SampleProfile.make(
            profile: #"""
                {"title": "T", "header": \#(header), "fields": {"sku": {"column": "Stock Code"},
                 "on_hand": {"column": "Qty In Stock"}, "class": {"column": "Category", "optional": true}}}
                """#,
            schema: #"""
                {"fields": [{"name": "Stock Code"}, {"name": "Category"}, {"name": "Qty In Stock", "type": "number"}]}
                """#)
    }

    private func diagnostic(_ text: String, _ header: String = "{}") throws -> Diagnostic? {
        do {
            _ = try ReadFile(profile(header), text)
            return nil
        } catch let found as Diagnostic {
            return found
        }
    }

    @Test(arguments: [
        "Stock Code,Category,Qty In Stock\nA,c,5\n", "Qty In Stock,Category,Stock Code\n5,c,A\n",
        "stock code , CATEGORY,  Qty  in stock\nA,c,5\n", "\u{FEFF}Stock Code,Category,Qty In Stock\nA,c,5\n",
        "Stock Code,New,Category,Qty In Stock,\nA,x,c,5,\n", "\u{200B}Stock Code,Category,Qty In Stock\nA,c,5\n",
    ])
    func `F37 reordered, added and differently written columns give the same data`(text: String) throws {
        let file = try ReadFile(profile(), text)

        #expect(file.values("sku") == ["text:A"])
        #expect(file.values("on_hand") == ["number:5"])
        #expect(file.values("class") == ["text:c"])
    }

    @Test func `F37 a renamed column is named, with the caption that is probably meant`() throws {
        let found = try diagnostic("Stock Code,Category,Qty In Stok\nA,c,5\n")

        #expect(found?.code == "HEADER-COLUMN-MISSING")
        #expect(found?.summary.contains("'Qty In Stock'") == true)
        #expect(found?.fix.contains("'Qty In Stok'") == true)
        #expect(found?.location == .init(file: "test.csv", line: 1))
        #expect(try diagnostic("\n\nStock Code,Qty\n")?.location?.line == 3)
    }

    @Test func `F35 a file of another kind is held by its header, not read`() throws {
        let found = try diagnostic("sku,price_list,price\nA,TRADE,5\n")

        #expect(found?.code == "HEADER-COLUMN-MISSING")
        #expect(found?.summary.contains("'price_list'") == true)
    }

    @Test func `aliases stand for the column, two captions for one column refuse the file`() throws {
        let aliases = #"{"aliases": {"Qty In Stock": ["On Hand", "Qty"]}}"#

        #expect(try ReadFile(profile(aliases), "Stock Code,Qty\nA,5\n").values("on_hand") == ["number:5"])
        #expect(try diagnostic("Stock Code,Qty,On Hand\nA,5,6\n", aliases)?.code == "HEADER-DUPLICATE")
        #expect(try diagnostic("Stock Code,Stock Code,Qty In Stock\nA,B,6\n")?.code == "HEADER-DUPLICATE")
    }

    @Test func `an optional column that is missing is absent, not blank`() throws {
        #expect(try ReadFile(profile(), "Stock Code,Qty In Stock\nA,5\n").values("class") == ["absent"])
        #expect(try ReadFile(profile(), "Stock Code,Category,Qty In Stock\nA,,5\n").values("class") == ["blank"])
    }

    @Test func `F37 unknown and reordered columns refuse the file where the profile says so`() throws {
        let unknown = try diagnostic("Stock Code,Category,Qty In Stock,Colour\nA,c,5,red\n", #"{"unknown": "refuse"}"#)
        let order = try diagnostic("Category,Stock Code,Qty In Stock\nc,A,5\n", #"{"order": "declared"}"#)

        #expect(unknown?.code == "HEADER-COLUMN-UNKNOWN")
        #expect(unknown?.summary.contains("'Colour'") == true)
        #expect(order?.code == "HEADER-ORDER")
        #expect(
            try diagnostic("Stock Code,Category,Qty In Stock\nA,c,5\n", #"{"unknown": "refuse", "order": "declared"}"#)
                == nil)
    }

    @Test(arguments: 0..<6)
    func `B6 any permutation of the columns gives the same records or is held`(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let order = [("Stock Code", "A"), ("Category", "c"), ("Qty In Stock", "5"), ("Extra", "9")].shuffled(
            using: &generator)
        let text = order.map(\.0).joined(separator: ",") + "\n" + order.map(\.1).joined(separator: ",") + "\n"

        let file = try ReadFile(profile(), text)

        #expect(file.records[0].rows[0][0] == "text:A")
        #expect(file.records[0].rows[0][2] == "number:5")
    }
}
