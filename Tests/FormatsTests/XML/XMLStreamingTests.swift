import Domain
import Testing

@testable import Formats

/// The same records, however the bytes arrive; and never a whole file where the end is missing.
struct XMLStreamingTests {
    private static let documents = [
        (
            "one",
            "<?xml version='1.0'?>\r\n<S at='2026-03-01T05:00:00Z'>\n <!-- c -->\n <Item sku='é€𝄞' wh=\"L\">\n  <Qty>1<![CDATA[2]]>&#51;</Qty>\n </Item>\n <Item\n sku='B'><Qty>x</Qty></Item>\n</S>\n"
        ),
        ("many", "<S><Item sku='A'><Qty>1</Qty></Item></S>\n<?xml version='1.0'?><S><Item sku='B'><Qty>2</Qty></Item></S><!-- é -->"),
        ("independent", "<S><Item sku='A'><Qty>1</Qty></Item></S>\n<S><Item sku='B'></S><S><Item sku='C'><Qty>2</Qty></Item></S> "),
    ]

    @Test(arguments: documents, [TextEncoding.utf8, .utf16BigEndian])
    func `a file reads the same whole, byte by byte and split everywhere`(document: (String, String), encoding: TextEncoding) throws {
        let profile = try SampleXML.profile(#""record": "Item", "documents": "\#(document.0)""#)
        let bytes = encoding.encode(document.1).bytes
        if encoding != .utf8, document.0 != "one" { return }
        let whole = try ReadFile(profile, bytes)

        #expect(whole.proof.lines.total == bytes.count)
        for portion in [1, 2, 3, 5, 7, 64] {
            #expect(try ReadFile(profile, bytes, portion: portion, bufferSize: 1) == whole, "portions of \(portion)")
            #expect(try ReadFile(profile, bytes, bufferSize: portion) == whole, "buffers of \(portion)")
        }
    }

    @Test func `F32 a document cut at any byte is never a whole one`() throws {
        let profile = try SampleXML.profile()
        let bytes = Array(Self.documents[0].1.utf8)
        let end = bytes.count - 1

        for cut in 1..<end {
            #expect("cut at \(cut)") { try ReadFile(profile, Array(bytes[..<cut])) } throws: { error in
                (error as? Diagnostic)?.code == "XML-CUT" && (error as? Diagnostic)?.kind == .transient
            }
        }
        #expect(try ReadFile(profile, Array(bytes[..<end])).records.count == 2)
    }

    @Test func `records of a long file keep their places, and batches stay small`() throws {
        let items = (1...5000).map { "<Item sku='S\($0)'>\n<Qty>\($0)</Qty></Item>" }
        let bytes = Array("<S>\n\(items.joined(separator: "\n"))\n</S>".utf8)

        let file = try ReadFile(SampleXML.profile(), bytes)

        #expect(file.records.count == 5000)
        for record in file.records {
            let place = record.origin.offset..<record.origin.offset + record.origin.length
            #expect(bytes[place].elementsEqual(items[record.origin.number - 1].utf8))
            #expect(record.origin.line == 2 * record.origin.number)
        }
        #expect(file.proof.lines.total == bytes.count)
    }
}
