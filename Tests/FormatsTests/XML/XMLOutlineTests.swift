import Domain
import Testing

@testable import Formats

/// A look at an unknown XML file.
struct XMLOutlineTests {
    private let text = """
        <?xml version="1.0" encoding="UTF-8"?>
        <s:Stock xmlns:s="urn:stock" at="2026-03-01"><Head><Currency>GBP</Currency></Head><Items>
        <Item sku="A"><Qty unit="EA">1</Qty><Tag>x</Tag><Tag>y</Tag></Item>
        <Item sku="B"><Qty unit="EA">2</Qty></Item><Item sku="C"><Qty unit="EA">3</Qty></Item></Items></s:Stock>
        """

    @Test func `root, namespaces, records with their fields, and the header`() throws {
        let outline = try XMLOutline(Array(text.utf8), file: "a.xml", extent: .whole)

        #expect(outline.root == "Stock")
        #expect(outline.namespaces.map(\.address) == ["urn:stock"])
        #expect(outline.candidates.first?.path == "/Stock/Items/Item")
        #expect(outline.candidates.first?.count == 3)
        #expect(outline.candidates.first?.fields.map(\.path) == ["@sku", "Qty", "Qty/@unit", "Tag"])
        #expect(outline.candidates.first?.fields.map(\.isRepeated) == [false, false, false, true])
        #expect(outline.candidates.first?.fields.first?.samples == ["A", "B", "C"])
        #expect(outline.header.map(\.path) == ["/@at", "/Head/Currency"])
        #expect(outline.trouble == nil)
    }

    @Test func `a sample that ends in the middle is no trouble, a file that does is`() throws {
        let cut = Array(text.utf8.prefix(300))

        #expect(try XMLOutline(cut, file: "a.xml", extent: .beginning).trouble == nil)
        #expect(try XMLOutline(cut, file: "a.xml", extent: .whole).trouble?.code == "XML-CUT")
    }

    @Test func `S8 a document type stops the look at once`() throws {
        let outline = try XMLOutline(Array("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".utf8), file: "a.xml", extent: .whole)

        #expect(outline.trouble?.code == "XML-DOCTYPE")
        #expect(outline.elements == 0)
    }
}
