import Domain
import Testing

@testable import Formats

/// Encodings of XML files (F38): what is declared is what is written, or the file is refused.
struct XMLEncodingTests {
    private static func bytes(_ declared: String, _ encoding: TextEncoding, mark: [UInt8] = [], sku: String = "Café-£") -> [UInt8] {
        let declaration = declared.isEmpty ? "" : "<?xml version='1.0' encoding='\(declared)'?>\r\n"
        let text = "\(declaration)<S>\r\n<Item sku='\(sku)'><Qty>x</Qty></Item><Item sku='B'><Qty>2</Qty></Item></S>"
        return mark + encoding.encode(text).bytes
    }

    @Test(arguments: [
        ("utf-8", TextEncoding.utf8, true), ("UTF-8", .utf8, false), ("", .utf8, false), ("", .utf16LittleEndian, true),
        ("UTF-16", .utf16LittleEndian, true), ("UTF-16", .utf16BigEndian, true), ("utf-16le", .utf16LittleEndian, false),
        ("windows-1252", .windows1252, false), ("ISO-8859-1", .latin1, false), ("iso-8859-15", .latin9, false),
        ("IBM850", .codePage850, false),
    ])
    func `F38 the declared encoding is read, and a rejected record shows the file's own bytes`(
        declared: String, encoding: TextEncoding, hasMark: Bool
    ) throws {
        let bytes = Self.bytes(declared, encoding, mark: hasMark ? encoding.byteOrderMark : [])

        let file = try ReadFile(SampleXML.profile(), bytes)

        #expect(file.codes == ["NUMBER-FORMAT"])
        #expect(file.rejected.first?.rows[0][0] == "text:Café-£")
        let item = encoding.encode("<Item sku='Café-£'><Qty>x</Qty></Item>").bytes
        #expect(file.rejected.first?.original == item)
        if let origin = file.rejected.first?.origin {
            #expect(Array(bytes[origin.offset..<origin.offset + origin.length]) == item)
        }
        #expect(SampleXML.rows(file) == ["B/absent/2"])
        #expect(file.proof.lines.total == bytes.count)
    }

    @Test func `a page that only XML files declare is read too, and what it leaves undefined is no loss`() throws {
        let cyrillic =
            Array("<?xml version='1.0' encoding='ISO-8859-5'?><S><Item sku='".utf8) + [0xB0, 0xD1] + Array("'><Qty>1</Qty></Item></S>".utf8)
        let undefined =
            Array("<?xml version='1.0' encoding='windows-1252'?><S><Item sku='".utf8) + [0x81, 0xE9] + Array("'><Qty>1</Qty></Item></S>".utf8)

        #expect(try SampleXML.rows(ReadFile(SampleXML.profile(), cyrillic)) == ["Аб/absent/1"])
        let file = try ReadFile(SampleXML.profile(), undefined)
        #expect(file.codes == ["CONTROL-CHARACTER"])
        #expect(file.rejected.first?.original?.contains(0x81) == true)
    }

    @Test(arguments: [
        (bytes("UTF-16", .utf8), "ENCODING-CONTRADICTED"),
        (bytes("windows-1252", .utf8, mark: TextEncoding.utf8.byteOrderMark), "ENCODING-CONTRADICTED"),
        (bytes("windows-1252", .utf8), "ENCODING-CONTRADICTED"), (bytes("", .windows1252), "XML-SYNTAX"),
        (bytes("utf-8", .latin1), "XML-SYNTAX"), (bytes("shift_jis", .utf8), "ENCODING-UNKNOWN"),
        ([0xFF, 0xFE, 0, 0] + bytes("", .utf8), "ENCODING-UNKNOWN"), (Array(bytes("", .utf16LittleEndian).dropLast()), "ENCODING-CUT"),
    ])
    func `F38 a file that is not what it declares is refused`(bytes: [UInt8], code: String) throws {
        #expect { try ReadFile(SampleXML.profile(), bytes) } throws: { ($0 as? Diagnostic)?.code == code }
    }

    @Test func `a profile that names the encoding is believed before the file`() throws {
        let profile = try SampleXML.profile(more: #""encoding": "windows-1252""#)

        #expect { try ReadFile(profile, Self.bytes("utf-8", .utf8)) } throws: { ($0 as? Diagnostic)?.code == "ENCODING-CONTRADICTED" }
        #expect(try ReadFile(profile, Self.bytes("windows-1252", .windows1252)).codes == ["NUMBER-FORMAT"])
    }

    @Test(arguments: [TextEncoding.utf16LittleEndian, .utf16BigEndian], [[], nil] as [[UInt8]?])
    func `letters of two bytes prove themselves, whatever the first line declares`(_ encoding: TextEncoding, _ mark: [UInt8]?) throws {
        for declared in ["utf-8", "UTF-16", "windows-1252"] {
            let bytes = Self.bytes(declared, encoding, mark: mark ?? encoding.byteOrderMark)
            #expect(try ReadFile(SampleXML.profile(), bytes).codes == ReadFile(SampleXML.profile(), Self.bytes("utf-8", .utf8)).codes)
        }
    }

    @Test func `a profile overrules what a file declares wrongly, and without one the message says so`() throws {
        let bytes = Self.bytes("utf-16", .utf8)

        let plain = try ReadFile(SampleXML.profile(), Self.bytes("utf-8", .utf8))
        #expect(try ReadFile(SampleXML.profile(more: #""encoding": "utf-8""#), bytes).codes == plain.codes)
        #expect { try ReadFile(SampleXML.profile(), bytes) } throws: { error in
            let text = (error as? Diagnostic).map { "\($0)" } ?? ""
            return text.contains("declares utf-16") && text.contains("one byte a letter") && text.contains("\"encoding\": \"utf-8\"")
        }
    }

    @Test(arguments: [
        ("\n<?xml version='1.0'?><S/>", "before the XML declaration"), (" <?xml version='1.0'?><S/>", "before the XML declaration"),
        ("<S><Item sku='A'><Wh>L&S</Wh><Qty>1</Qty></Item></S>", "stands alone or names no character"),
        ("<S><Item sku='A'><Wh>a & b</Wh></Item></S>", "stands alone or names no character"),
        ("<S><Item sku='A'><Wh>a < b</Wh></Item></S>", "stands alone or names no character"),
        ("<S><Item sku='A'><Wh>L&#S</Wh></Item></S>", "stands alone or names no character"),
        ("<S><Item sku='A'><Wh>L&#xZ1;</Wh></Item></S>\n", "stands alone or names no character"),
        ("<S><Item sku='A'><Wh>&#;</Wh></Item></S>", "stands alone or names no character"),
        ("<S><Item sku='A><Wh>x</Wh></Item></S>", "a tag is not closed"), ("<S><Item sku='A'><!-- note</Item></S>", "broken"),
        ("<S><Item sku='A'><![CDATA[note</Item></S >", "broken"), ("<x:S xmlns:x='u'><x:Item sku='A'><!-- note</x:Item></x:S>", "broken"),
    ])
    func `the message names the cause, and calls no broken markup a cut file`(_ text: String, _ words: String) throws {
        #expect { try ReadFile(SampleXML.profile(), text) } throws: { error in
            (error as? Diagnostic)?.code == "XML-SYNTAX" && (error as? Diagnostic)?.summary.contains(words) == true
        }
    }

    @Test(arguments: [
        "<S><Item sku='A'><Wh>L&am", "<S><Item sku='A'><Wh>L&", "<S><Item sku='A'><", "<S><Item sku='A'></It", "<S><Item sku='A'><Wh>x",
        "<S><Item sku='A'><!-- </S", "<S><Item sku='A'><![CDATA[</T>",
    ])
    func `a file that ends in the middle is cut off, also inside of a reference`(_ text: String) throws {
        #expect { try ReadFile(SampleXML.profile(), text) } throws: { ($0 as? Diagnostic)?.code == "XML-CUT" }
    }
}
