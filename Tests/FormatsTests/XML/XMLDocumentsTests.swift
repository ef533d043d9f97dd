import Domain
import Testing

@testable import Formats

/// Several documents in one file.
struct XMLDocumentsTests {
    private static func document(_ sku: String, quantity: String = "1") -> String {
        "<?xml version=\"1.0\"?>\n<Stock><Item sku='\(sku)'><Qty>\(quantity)</Qty></Item></Stock>\n"
    }

    @Test(arguments: [
        "\(document("A"))\(document("B"))\(document("C"))",
        "<Stock><Item sku='A'><Qty>1</Qty></Item></Stock><Stock><Item sku='B'><Qty>1</Qty></Item></Stock><!-- x --><?y z?>\n<Stock><Item sku='C'><Qty>1</Qty></Item></Stock>",
        "<All><Stock><Item sku='A'><Qty>1</Qty></Item></Stock><Stock><Item sku='B'><Qty>1</Qty></Item><Item sku='C'><Qty>1</Qty></Item></Stock></All>",
    ])
    func `documents after one another or in a wrapper are read`(text: String) throws {
        let profile = try SampleXML.profile(#""record": "Item", "document": ["Stock"], "documents": "many""#)

        let file = try ReadFile(profile, text)

        #expect(SampleXML.rows(file) == ["A/absent/1", "B/absent/1", "C/absent/1"])
        #expect(file.proof.lines.total == text.utf8.count)
        for record in file.records {
            let bytes = Array(text.utf8)[record.origin.offset..<record.origin.offset + record.origin.length]
            #expect(bytes.starts(with: "<Item sku='".utf8))
            #expect(bytes.reversed().starts(with: "</Item>".utf8.reversed()))
            #expect(record.origin.line == Array(text.utf8)[..<record.origin.offset].count { $0 == 0x0A } + 1)
        }
    }

    @Test func `a second document is refused where one is expected`() throws {
        let text = "<All><Stock/><Stock/></All>"

        #expect { try ReadFile(SampleXML.profile(#""record": "Item", "document": ["Stock"]"#), text) } throws: {
            ($0 as? Diagnostic)?.code == "XML-DOCUMENTS"
        }
        #expect { try ReadFile(SampleXML.profile(), "<Stock/><Stock/>") } throws: { ($0 as? Diagnostic)?.code == "XML-SYNTAX" }
    }

    @Test(arguments: ["many", "one"])
    func `a broken document spoils the file unless documents stand alone`(documents: String) throws {
        let profile = try SampleXML.profile(#""record": "Item", "documents": "\#(documents)""#)

        #expect(throws: Diagnostic.self) { try ReadFile(profile, Self.document("A") + "<Stock><Item></Stock>") }
    }

    @Test(arguments: [
        ("<Stock><Item sku='X'><Qty>1</Qty></Item><Item sku='Y'></Stock>\n", 2), ("<Stock><Item sku='X'><Qty>1</Stock>", 1),
        ("<Stock>&nope;</Stock>\n\n", 1), ("<Stock>", 1),
    ])
    func `a broken document that stands alone is rejected with its bytes, and its keys are not lost`(broken: String, rejected: Int) throws {
        let profile = try SampleXML.profile(#""record": "Item", "documents": "independent""#)
        let text = Self.document("A") + broken + Self.document("B")

        let file = try ReadFile(profile, text)

        #expect(SampleXML.rows(file) == ["A/absent/1", "B/absent/1"])
        #expect(file.codes == Array(repeating: "XML-SYNTAX", count: rejected))
        #expect(file.rejected.compactMap(\.original).joined().elementsEqual(broken.utf8.dropFirst(rejected == 2 ? 7 : 0)))
        #expect(file.rejected.first?.rows[0][0] == (broken.contains("X") ? "text:X" : "blank"))
        #expect(file.proof.lines.total == text.utf8.count)
        #expect(file.records.map(\.origin.number) == Array(1...file.records.count))
    }

    @Test func `a broken document at the end of the file is rejected alone too`() throws {
        let profile = try SampleXML.profile(#""record": "Item", "documents": "independent""#)

        let file = try ReadFile(profile, Self.document("A") + "<Stock><Item sku='B'><Qty>")

        #expect(SampleXML.rows(file) == ["A/absent/1"])
        #expect(file.codes == ["XML-SYNTAX"])
    }

    @Test func `each document's count is added up`() throws {
        let profile = try SampleXML.profile(
            #""record": "Item", "documents": "many""#,
            columns: #""columns": {"sku": "@sku", "wh": "/@n", "qty": "Qty", "at": "/@at"}"#,
            more: #""trailer": {"count_column": "wh"}"#)

        let file = try ReadFile(profile, "<S n='1'><Item sku='A'><Qty>1</Qty></Item></S><S n='0'/><S n='2'/>")

        #expect(file.proof.claimedRecords == 3)
        #expect(file.proof.records == 1)
    }
}
