import Domain
import TestKit
import Testing

@testable import Formats

/// The work of a reader grows with the file and not with its square, whatever the file repeats.
struct GrowthTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var size: Int
        var profile: @Sendable () throws -> Profile
        var bytes: @Sendable (_ size: Int) -> [UInt8]
    }

    private static let header = "sku,qty\r\n"

    private static func table(_ name: String, _ size: Int, dialect: String = "{}", layout: String = "", _ body: @escaping @Sendable (Int) -> String)
        -> Shape
    {
        Shape(
            testDescription: name, size: size,
            profile: {
                try SampleProfile.make(
                    profile: #"{"title": "T", \#(layout) "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}"#, dialect: dialect)
            },
            bytes: { Array((header + body($0)).utf8) })
    }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    private static let literal = #""layout": {"stray_quotes": "literal"},"#

    private static let tables: [Shape] = [
        table("lines of Ctrl-Z before a row", 20_000) { repeated("\u{1A}\n", $0) + "A,1\n" },
        table("lines of NUL before a row", 20_000) { repeated("\0\n", $0) + "A,1\n" },
        table("Ctrl-Z and blanks between rows", 10_000) { repeated("\u{1A} \n\u{1A}\nA,1\n", $0) },
        table("blank lines", 40_000) { repeated("\r\n", $0) + "A,1\n" },
        table("carriage returns alone", 40_000) { repeated("\r", $0) + "A,1\r" },
        table("comment lines", 20_000, dialect: ##"{"commentChar": "#"}"##) { repeated("# a remark\n", $0) + "A,1\n" },
        table("byte order marks", 20_000) { repeated("\u{FEFF}", $0) + "A,1\n" },
        table("doubled quotes in one cell", 100_000) { "\"" + repeated("\"\"", $0) + "\",1\n" },
        table("stray quotes in one cell", 50_000) { "\"" + repeated("a\" b", $0) + "\",1\n" },
        table("stray quotes taken literally", 50_000, layout: literal) { "\"" + repeated("a\" b", $0) + "\",1\n" },
        table("a quote and many blanks, again and again", 10_000, layout: literal) { "\"" + repeated("a\"          b", $0) + "\",1\n" },
        table("a quote that is never closed", 100_000) { "\"" + repeated("a", $0) },
        table("quotes that open in every row", 20_000) { repeated("\"A\n,1\n", $0) },
        table("blanks before a cell", 100_000, dialect: #"{"skipInitialSpace": true}"#) { repeated(" ", $0) + "A,1\n" },
        table("rows of separators", 20_000) { repeated(",\n", $0) + "A,1\n" },
        table("rows that look like the trailer", 20_000, layout: #""trailer": {"first_cell": "END"},"#) { repeated("END,1\n\n", $0) + "A,1\n" },
        table("the header again and again", 20_000, layout: #""layout": {"repeated_header": "skip"},"#) { repeated(header, $0) + "A,1\n" },
        table("one product in every row", 20_000) { repeated("A,1\n", $0) },
        table("rejected rows", 10_000) { repeated("A,x\n", $0) },
    ]

    private static func document(_ name: String, _ size: Int, _ document: String = #""record": "Item""#, _ body: @escaping @Sendable (Int) -> String)
        -> Shape
    {
        Shape(testDescription: name, size: size, profile: { try SampleXML.profile(document) }, bytes: { Array(body($0).utf8) })
    }

    private static func numbered(_ count: Int, _ text: (Int) -> String) -> String { (0..<count).map(text).joined() }

    private static let documents: [Shape] = [
        document("attributes of one element", 2_000) { "<S><Item \(numbered($0) { "a\($0)='>' " })/></S>" },
        document("namespaces of one element", 2_000) { "<S><Item \(numbered($0) { "xmlns:n\($0)='u\($0)' " })/></S>" },
        document("attributes behind comments that look like tags", 2_000) {
            "<S><!-- <a b='\(repeated(" c=\"d\"", $0))' --><Item \(numbered($0) { "a\($0)='' " })/></S>"
        },
        document("comments", 20_000) { "<S>\(repeated("<!-- - -->", $0))<Item sku='A'><Qty>1</Qty></Item></S>" },
        document("a text in pieces", 20_000) { "<S><Item sku='A'><Qty>1</Qty><T>\(repeated("<![CDATA[x]]>&lt;", $0))</T></Item></S>" },
        document("records", 5_000) { "<S>\(repeated("<Item sku='A'><Qty>1</Qty></Item>", $0))</S>" },
        document("blanks between documents", 20_000, #""record": "Item", "documents": "many""#) {
            "<S><Item sku='A'><Qty>1</Qty></Item></S>\(repeated(" \n", $0))"
        },
        document("comments between documents", 10_000, #""record": "Item", "documents": "many""#) {
            "<S><Item sku='A'><Qty>1</Qty></Item></S>\(repeated("<!-- c -->", $0))"
        },
        document("broken documents", 1_000, #""record": "Item", "documents": "independent""#) { repeated("<S><Item sku='A'></S>\n", $0) },
    ]

    @Test(arguments: tables + documents)
    func `F46 F48 four times the file is about four times the work`(shape: Shape) throws {
        let profile = try shape.profile()

        let growth = WorkMeter.growth(from: shape.size) { size in
            // Whether the file is taken or refused plays no part.
            _ = try? ReadFile(profile, shape.bytes(size))
        }

        #expect(growth < WorkMeter.bound, "\(shape.testDescription): \(growth)")
    }

    @Test func `F46 a value that is joined of very many stays in proportion to them, in work and in memory`() throws {
        let columns = #""columns": {"sku": "@sku", "wh": {"path": "W", "repeat": "join"}, "qty": "Qty", "at": "/@at"}"#
        let profile = try SampleXML.profile(columns: columns)
        func file(_ size: Int) -> [UInt8] { Array("<S><Item sku='A'>\(Self.repeated("<W>n</W>", size))<Qty>1</Qty></Item></S>".utf8) }

        let read = try ReadFile(profile, file(3))
        let growth = WorkMeter.growth(from: 5_000) { size in _ = try? ReadFile(profile, file(size)) }

        #expect(read.values("warehouse").first?.filter { $0 == "n" }.count == 3, "\(read.records)")
        #expect(growth < WorkMeter.bound, "\(growth)")
    }
}
