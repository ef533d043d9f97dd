import Domain
import Testing

@testable import Formats

/// What is done with files that are not delimited text, besides reading them: converting, rejecting, retrying.
struct ConverterFormatsTests {
    private func converted(_ profile: Profile, _ text: String) throws -> (text: String, rejected: [String], proof: FileProof) {
        var bytes: [UInt8] = []
        var rejected: [String] = []
        let proof = try Converter(profile).convert(
            MemoryByteSource(Array(text.utf8)), context: ReadContext(fileName: "a", modified: UTCInstant(seconds: 0)),
            write: { bytes += $0 }, reject: { rejected.append("\($0.number) \($1.code)") })
        return (String(decoding: bytes, as: UTF8.self), rejected, proof)
    }

    @Test func `an XML file becomes a table with a column for each of the schema`() throws {
        let result = try converted(
            SampleXML.profile(), "<S at='x'><Item sku='A,1' wh='L'><Qty> 5 </Qty></Item><Item sku='B'><Qty>a<b/></Qty></Item><Item sku='C'/></S>")

        #expect(result.text == "sku,wh,qty,at\r\n\"A,1\",L,5,x\r\nC,,,x\r\n")
        #expect(result.rejected == ["2 XML-MIXED"])
        #expect(result.proof.records == 3)
    }

    @Test func `rows below a record become rows of the table`() throws {
        let columns = #""rows": "St", "columns": {"sku": "@sku", "wh": "St/@id", "qty": "St", "at": "/@at"}"#

        let result = try converted(
            SampleXML.profile(#""record": "Item""#, columns: columns), "<S><Item sku='A'><St id='L'>1</St><St id='B'>2</St></Item></S>")

        #expect(result.text == "sku,wh,qty,at\r\nA,L,1,\r\nA,B,2,\r\n")
    }

    @Test func `tagged lines become a table`() throws {
        let profile = try SampleLines.profile(
            "tagged",
            #""types": {"H": {"role": "header", "columns": ["", "at", "wh", "lines"]}, "D": {"columns": ["", "sku", "qty"]}}"#)

        #expect(try converted(profile, "H,1,L,2\nD,A,5\nD,B\n").text == "sku,wh,qty,at,lines\r\nA,L,5,1,2\r\n")
    }

    @Test func `rejected elements are a table for people`() throws {
        let profile = try SampleXML.profile()
        let file = try ReadFile(profile, "<S><Item sku='A'><Qty>=1</Qty></Item></S>")
        let writer = RejectWriter(profile: profile)
        let record = try #require(file.rejected.first)
        let reason = try #require(record.reason)

        let row = writer.row(original: record.original ?? [], line: record.origin.line, reason: reason)

        #expect(writer.head(captions: []) == Array("ErrorLine,ErrorField,ErrorValue,Reason,Fix,Original\r\n".utf8))
        #expect(
            String(decoding: row, as: UTF8.self)
                == "1,Qty,'=1,this is not a number,write a plain number such as 1234.50,<Item sku='A'><Qty>=1</Qty></Item>\r\n")
    }

    @Test(arguments: [TextEncoding.utf8, .utf16LittleEndian, .windows1252])
    func `records taken out of an XML file stand behind its head again`(encoding: TextEncoding) throws {
        let name = encoding.isUTF16 ? "UTF-16" : encoding.rawValue
        let text =
            "<?xml version='1.0' encoding='\(name)'?><x:S xmlns:x='u:1' at='2026-03-01T05:00:00Z'><x:L>\n<Item sku='é'><Qty>x</Qty></Item>\n<Item sku='B'><Qty>2</Qty></Item></x:L></x:S>"
        let profile = try SampleXML.profile()
        let bytes = encoding.encode(text).bytes
        let file = try ReadFile(profile, bytes)
        let head = Array(bytes[..<file.records[0].origin.offset])
        let mended = encoding.encode("<Item sku='é'><Qty>7</Qty></Item>").bytes

        let again = try ReadFile(profile, profile.rejoined(head: head, records: [mended]))

        #expect(SampleXML.rows(again) == ["é/absent/7"])
        #expect(again.records.first?.rows[0][6] == "instant:2026-03-01T05:00:00Z")
    }

    @Test func `records that take values from an element above them are not retried alone`() throws {
        let columns = #""columns": {"sku": "../@sku", "wh": "@wh", "qty": "Qty", "at": "/@at"}"#

        #expect { try SampleXML.profile(#""record": "P/Item""#, columns: columns).rejoined(head: [], records: []) } throws: {
            ($0 as? Diagnostic)?.code == "RETRY-CONTEXT"
        }
        #expect(try SampleProfile.make().rejoined(head: [0x61], records: [[0x62], [0x63, 0x0A]]) == Array("ab\r\nc\n".utf8))
    }

    @Test func `a record is shown in its own characters, whatever the file declared`() throws {
        let profile = try SampleXML.profile()

        for encoding in [TextEncoding.utf8, .utf16LittleEndian, .utf16BigEndian, .windows1252] {
            #expect(profile.text(of: encoding.encode("<a>é</a>").bytes) == "<a>é</a>")
        }
    }
}
