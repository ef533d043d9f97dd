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
        (bytes("UTF-16", .utf8), "ENCODING-CONTRADICTED"), (bytes("utf-8", .utf16LittleEndian), "ENCODING-CONTRADICTED"),
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
}
