import Domain
import Foundation
import Testing

@testable import Formats

/// What a hostile or broken file must not do (F46, S8).
struct XMLHardeningTests {
    private static func code(_ text: String, _ document: String = #""record": "Item""#) throws -> String {
        do {
            _ = try ReadFile(SampleXML.profile(document), text)
            return "read"
        } catch let diagnostic as Diagnostic {
            return diagnostic.code
        }
    }

    @Test(arguments: [
        "<!DOCTYPE a>", "<!DOCTYPE a [<!ENTITY x 'y'>]>", "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'>",
        "<!-- x -->\n<?p i?><!DOCTYPE a PUBLIC '-//x' 'a.dtd'>",
        "<!DOCTYPE a [<!ENTITY % x SYSTEM 'file:///etc/passwd'> %x;]>",
        "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;'>]>",
    ])
    func `F46 a document type is refused at once, whatever it declares`(type: String) throws {
        #expect(try Self.code(type + "<a><Item sku='&a;'><Qty>1</Qty></Item></a>") == "XML-DOCTYPE")
    }

    @Test(arguments: [
        ("<!DOCTYPE S SYSTEM 'known.dtd'>", "1", "read"), ("<!DOCTYPE S PUBLIC '-//x//y' 'known.dtd' >", "1", "read"),
        ("<!DOCTYPE S SYSTEM 'other.dtd'>", "1", "XML-DOCTYPE"), ("<!DOCTYPE S>", "1", "XML-DOCTYPE"),
        ("<!DOCTYPE S SYSTEM 'known.dtd' []>", "1", "XML-DOCTYPE"),
        ("<!DOCTYPE S SYSTEM 'known.dtd' [<!ENTITY x '1'>]>", "&x;", "XML-DOCTYPE"),
        ("<!DOCTYPE S SYSTEM 'known.dtd'>", "&x;", "XML-SYNTAX"),
    ])
    func `a document type that a standard demands may be named, and nothing more`(type: String, value: String, code: String) throws {
        let document = #""record": "Item", "doctypes": ["known.dtd"]"#

        #expect(try Self.code("\(type)<S><Item sku='A'><Qty>\(value)</Qty></Item></S>", document) == code)
        #expect(try Self.code("\(type)<S><Item sku='\(value)'><Qty>1</Qty></Item></S>", document) == code)
    }

    @Test func `S8 an external entity opens nothing, and its file is never in a value`() throws {
        let canary = FileManager.default.temporaryDirectory.path() + "/tallyman-canary-\(UInt64.random(in: 0 ... .max))"
        #expect(mkfifo(canary, 0o600) == 0)
        defer { unlink(canary) }
        let text = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file://\(canary)'>]><a><Item sku='A'><Qty>&x;</Qty></Item></a>"

        // Opening a pipe that nobody writes to would never return.
        #expect(try Self.code(text) == "XML-DOCTYPE")
        #expect(try Self.code("<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='\(canary)'/></a>") == "read")
        #expect(
            try Self.code(
                "<?xml-stylesheet href='\(canary)'?><a xsi:schemaLocation='u \(canary)' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'/>")
                == "read")
        #expect(try Self.code("<a>&x;</a>") == "XML-SYNTAX")
    }

    @Test(arguments: [
        (String(repeating: "<a>", count: 65), "XML-DEPTH"), (String(repeating: "<a>", count: 100_000), "XML-DEPTH"),
        ("<S><a \((0..<257).map { "a\($0)='1'" }.joined(separator: " "))/></S>", "XML-ATTRIBUTES"),
        ("<S><\(String(repeating: "n", count: 1025))/></S>", "XML-NAME-LENGTH"),
        ("<S><Item sku='A'><Qty>\(String(repeating: "1", count: 1 << 20 + 1))</Qty></Item></S>", "XML-TEXT-LENGTH"),
        ("<S><Item sku='\(String(repeating: "1", count: 1 << 20 + 1))'><Qty>1</Qty></Item></S>", "XML-TEXT-LENGTH"),
        ("<S><Item sku='A'>\(String(repeating: "<x>12345678</x>", count: 300_000))</Item></S>", "XML-RECORD-LENGTH"),
        ("<S>\((0..<17_000).map { "<n\($0)/>" }.joined())</S>", "XML-NAMES"),
    ])
    func `F46 F48 every cap is a diagnostic`(text: String, code: String) throws {
        #expect(try Self.code(text) == code)
    }

    @Test func `what nobody wants may be long outside of records`() throws {
        let noise = "<x>" + String(repeating: "0123456789", count: 500_000) + "</x>"
        let text = "<S>\(noise)<Item sku='A'><Qty>1</Qty></Item><!--\(noise)--></S>"

        let file = try ReadFile(SampleXML.profile(), text)

        #expect(SampleXML.rows(file) == ["A/absent/1"])
        #expect(file.proof.lines.total == text.utf8.count)
    }

    @Test func `a profile lowers the caps`() throws {
        let limits = #""record": "Item", "limits": {"depth": 2, "text": 3, "file": 100}"#

        #expect(try Self.code("<S><Item sku='A'><Qty>1</Qty></Item></S>", limits) == "XML-DEPTH")
        #expect(try Self.code("<S><Item sku='ABCD'/></S>", limits) == "XML-TEXT-LENGTH")
        #expect(try Self.code("<S>\(String(repeating: " ", count: 100))</S>", limits) == "XML-FILE-LENGTH")
        #expect { try SampleXML.profile(#""record": "Item", "limits": {"depth": 65}"#) } throws: {
            ($0 as? Diagnostic)?.code == "PROFILE-VALUE"
        }
    }

    @Test(arguments: [
        ("<S><Item></S>", "XML-SYNTAX"), ("<S><Item sku=A/></S>", "XML-SYNTAX"), ("<S a='1' a='2'/>", "XML-SYNTAX"),
        ("<S>&nbsp;</S>", "XML-SYNTAX"), ("<S>\u{1}</S>", "XML-SYNTAX"), ("<S/><T/>", "XML-SYNTAX"), ("<S/>text", "XML-SYNTAX"),
        ("<S/>t", "XML-SYNTAX"), ("<S/><", "XML-SYNTAX"),
        ("<S>&#0;</S>", "XML-SYNTAX"), ("<S", "XML-CUT"), ("<S><Item sku='A'>", "XML-CUT"), ("<S><!-- ", "XML-CUT"),
        ("<S></S", "XML-CUT"), ("sku,qty\nA,1\n", "FORMAT-NOT-XML"), ("{\"a\": 1}", "FORMAT-NOT-XML"), ("", "FILE-EMPTY"),
        ("\u{FEFF}", "FILE-EMPTY"), ("PK\u{3}\u{4}xx", "FORMAT-NOT-XML"), ("  \n", "XML-CUT"),
    ])
    func `a file that is not well-formed is refused, a cut one as such`(text: String, code: String) throws {
        #expect(try Self.code(text) == code)
    }

    @Test func `the place of a fault is its line, column and path`() throws {
        #expect { try ReadFile(SampleXML.profile(), "<S>\n <Item sku='A'>\n  <Qty>1</Qtx>\n </Item></S>") } throws: { error in
            let diagnostic = error as? Diagnostic
            return diagnostic?.location?.line == 3 && diagnostic?.summary.contains("/S/Item/Qty") == true
        }
    }

    @Test func `bytes that look like gzip are never unpacked`() throws {
        #expect { try ReadFile(SampleXML.profile(), [0x1F, 0x8B, 8, 0, 0, 0, 0, 0]) } throws: {
            ($0 as? Diagnostic)?.code == "FORMAT-NOT-XML"
        }
    }
}
