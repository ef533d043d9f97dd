import Domain
import Testing

@testable import Formats

/// Rows behind a second header, or of a second table, are never read under the first header.
struct SecondHeaderTests {
    private static func profile(_ more: String = "", isText: Bool = false) throws -> Profile {
        let type = isText ? "" : #", "type": "number""#
        return try SampleProfile.make(
            profile:
                #"{"title": "T", \#(more) "header": {"aliases": {"qty": ["In Stock"]}}, "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}, "allocated": {"column": "used"}}}"#,
            schema: #"{"fields": [{"name": "sku"}, {"name": "qty"\#(type)}, {"name": "used"\#(type)}]}"#)
    }

    private static func fields(isText: Bool = false) -> [EntityField] {
        [
            EntityField("sku", .text, ""), EntityField("on_hand", isText ? .text : .decimal, ""),
            EntityField("allocated", isText ? .text : .decimal, ""),
        ]
    }

    private static func read(_ text: String, _ more: String = "", isText: Bool = false) throws -> ReadFile {
        try ReadFile(profile(more, isText: isText), Array(text.utf8), fields: fields(isText: isText))
    }

    @Test(
        arguments: [
            "sku,used,qty", "qty,sku,used", "sku,used", "SKU,Used,Qty,note", "sku,In Stock,used,class", "used,sku", "sku,qty,reserved",
            "sku,allocated,qty",
            "\"sku\",\"used\",\"qty\"", "sku,used,qty,",
        ], [false, true])
    func `a header with other columns or in another order refuses the file`(header: String, isText: Bool) throws {
        let found = #expect(throws: Diagnostic.self) { try Self.read("sku,qty,used\nA,5,1\n\(header)\nB,6,2\n", isText: isText) }

        #expect(found?.code == "HEADER-CHANGED")
        #expect(found?.location?.line == 3)
    }

    @Test(
        arguments: [
            "sku,qty,used", "SKU,Qty,Used", "\"sku\",\"qty\",\"used\"", " sku , qty , used ", "sku,qty,used,,", "sku,In Stock,used",
            "\u{FEFF}sku,QTY,used",
        ], [false, true])
    func `a header with the same columns in the same order is passed over, however it is written`(header: String, isText: Bool) throws {
        let text = "sku,qty,used\nA,5,1\n\(header)\nB,6,2\n"
        let file = try Self.read(text, isText: isText)

        #expect(file.good.map { $0.rows[0][0] } == ["text:A", "text:B"])
        #expect(file.codes == [] && file.records.count == 2 && file.proof.records == 2)
        #expect(file.proof.lines.header == 13 + header.utf8.count + 1)
        #expect(file.proof.lines.total == text.utf8.count)
        #expect(throws: Diagnostic.self) { try Self.read(text, #""layout": {"repeated_header": "refuse"},"#, isText: isText) }
    }

    @Test(arguments: ["\ncode,price,cost\nA,7,3\nB,8,4\n", ",,\ncode,price,cost\nC,7,3\n", "code,price,cost\nC,7,3\nD,8,4\n", "\nCode,Price\nC,7\n"])
    func `rows of a second table with captions of its own are rejected, and spoil no key of the first`(table: String) throws {
        let file = try Self.read("sku,qty,used\nA,5,1\nB,6,2\n\(table)")

        #expect(file.good.map { $0.rows[0] } == [["text:A", "number:5", "number:1"], ["text:B", "number:6", "number:2"]])
        #expect(file.codes == [String](repeating: "TABLE-OTHER", count: file.rejected.count))
        #expect(!file.rejected.isEmpty && file.rejected.allSatisfy { $0.rows[0][0] == "absent" })
    }

    @Test func `the first header further down ends a second table`() throws {
        let file = try Self.read("sku,qty,used\nA,5,1\n\ncode,price,cost\nA,7,3\n\nsku,qty,used\nB,6,2\n")

        #expect(file.good.map { $0.rows[0][0] } == ["text:A", "text:B"])
        #expect(file.codes == ["TABLE-OTHER", "TABLE-OTHER"])
    }

    @Test(arguments: ["ANCHOR,-,1", "ANCHOR,POA,1", "ANCHOR,n/a,n/a", "sku,x1,2", "Stock,5,POA", "BOLT,five,six 6"])
    func `a record with a word for a figure is rejected alone`(row: String) throws {
        let file = try Self.read("sku,qty,used\n\(row)\nB,6,2\n")

        #expect(file.good.map { $0.rows[0][0] } == ["text:B"])
        #expect(file.codes == ["NUMBER-FORMAT"])
    }
}
