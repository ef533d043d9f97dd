import Domain
import Testing

@testable import Formats

struct EncodingTests {
    private func profile(_ encoding: TextEncoding) throws -> Profile {
        try SampleProfile.make(
            profile: """
                {"title": "T", "encoding": "\(encoding.rawValue)",
                 "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}
                """)
    }

    private func diagnostic(_ encoding: TextEncoding, _ bytes: [UInt8]) throws -> Diagnostic? {
        do {
            _ = try ReadFile(profile(encoding), bytes)
            return nil
        } catch let found as Diagnostic {
            return found
        }
    }

    @Test(arguments: TextEncoding.allCases)
    func `F38 special characters come out the same from every encoding`(encoding: TextEncoding) throws {
        let sample = encoding == .codePage850 || encoding == .latin1 ? "Caf\u{E9} £ ½" : "Caf\u{E9} £ €"
        let bytes = encoding.byteOrderMark + encoding.encode("sku,qty\r\n\(sample),1\r\n\"\(sample)\"\"\",2\r\n").bytes

        let file = try ReadFile(profile(encoding), bytes)

        #expect(file.values("sku") == ["text:\(sample)", "text:\(sample)\""])
        #expect(file.proof.lines.total == bytes.count)
    }

    @Test func `the pages agree with their known bytes`() {
        #expect(TextEncoding.windows1252.encode("£€’").bytes == [0xA3, 0x80, 0x92])
        #expect(TextEncoding.codePage850.encode("£éÄ").bytes == [0x9C, 0x82, 0x8E])
        #expect(TextEncoding.latin9.encode("€Š").bytes == [0xA4, 0xA6])
        #expect(TextEncoding.latin1.encode("€x").replaced == 1)
        for page in [TextEncoding.windows1252, .latin1, .latin9, .codePage850].compactMap(\.page) {
            #expect(page.upper.count == 128)
            #expect(Set(page.upper.filter { $0 != 0 }).count == page.upper.count { $0 != 0 })
        }
    }

    @Test func `F38 an invalid sequence rejects its record with the offset in the file`() throws {
        let bytes = Array("sku,qty\nok,1\nB".utf8) + [0xA3] + Array(",2\né,3\n".utf8)

        let file = try ReadFile(profile(.utf8), bytes)

        #expect(file.codes == ["ENCODING-INVALID"])
        #expect(file.rejected[0].reason?.text.contains("offset 14 ") == true)
        #expect(file.values("sku") == ["text:ok", "text:é"])
    }

    @Test func `F38 bytes that the page leaves undefined reject their record`() throws {
        let bytes = Array("sku,qty\nA".utf8) + [0x81] + Array(",1\nB".utf8) + [0xA3] + Array(",2\n".utf8)

        #expect(try ReadFile(profile(.windows1252), bytes).codes == ["ENCODING-INVALID"])
        #expect(try ReadFile(profile(.codePage850), bytes).codes == [])
    }

    @Test func `F38 a lone surrogate rejects its record and comes back unharmed`() throws {
        let head = TextEncoding.utf16LittleEndian.encode("sku,qty\n").bytes
        let record: [UInt8] = [0x41, 0, 0x00, 0xD8, 0x2C, 0, 0x31, 0, 0x0A, 0]

        let file = try ReadFile(profile(.utf16LittleEndian), [0xFF, 0xFE] + head + record)

        #expect(file.codes == ["ENCODING-INVALID"])
        #expect(file.records[0].original == record)
        #expect(file.rejected[0].reason?.text.contains("offset 20 ") == true)
    }

    @Test func `F38 NUL bytes reject their record`() throws {
        let file = try ReadFile(profile(.utf8), Array("sku,qty\nA\u{0}B,1\nC,2\n".utf8))

        #expect(file.codes == ["CONTROL-CHARACTER"])
        #expect(file.values("sku") == ["text:C"])
    }

    @Test func `F38 a file that contradicts its declared encoding is refused loudly`() throws {
        let text = "sku,qty\nCafé,1\nB,2\n"
        let manyBad = Array("sku,qty\n".utf8) + (0..<25).flatMap { Array("A\($0)".utf8) + [0xA3] + Array(",1\n".utf8) }

        #expect(try diagnostic(.windows1252, Array(text.utf8))?.code == "ENCODING-CONTRADICTED")
        #expect(
            try diagnostic(.windows1252, [0xEF, 0xBB, 0xBF] + Array("sku,qty\nA,1\n".utf8))?.code
                == "ENCODING-CONTRADICTED")
        #expect(
            try diagnostic(.utf8, [0xFF, 0xFE] + TextEncoding.utf16LittleEndian.encode(text).bytes)?.code
                == "ENCODING-CONTRADICTED")
        #expect(
            try diagnostic(.utf8, TextEncoding.utf16LittleEndian.encode(text).bytes)?.code == "ENCODING-CONTRADICTED")
        #expect(try diagnostic(.utf16LittleEndian, Array(text.utf8))?.code == "ENCODING-CONTRADICTED")
        #expect(try diagnostic(.utf8, manyBad)?.code == "ENCODING-CONTRADICTED")
        #expect(try diagnostic(.windows1252, Array("sku,qty\nA,1\n".utf8)) == nil)
    }

    @Test func `a UTF-16 file cut inside a character is refused`() throws {
        let bytes = [0xFF, 0xFE] + TextEncoding.utf16LittleEndian.encode("sku,qty\nA,1\n").bytes.dropLast()

        #expect(try diagnostic(.utf16LittleEndian, bytes)?.code == "ENCODING-CUT")
    }

    @Test(arguments: [
        ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0], "gzip"), (Array("PK\u{3}\u{4}....simple.csv".utf8), "zip"),
        (Array("<?xml version='1.0'?><a/>".utf8), "XML"),
        (Array("PK\u{3}\u{4}....[Content_Types].xml".utf8), "xlsx"), (Array("<!DOCTYPE html><html>".utf8), "HTML"),
        (Array("%PDF-1.4".utf8), "PDF"),
        (Array("{\"sku\": 1}".utf8), "JSON"),
    ])
    func `F47 compressed files, workbooks and markup are refused by what they are`(bytes: [UInt8], word: String) throws {
        let found = try diagnostic(.utf8, bytes)

        #expect(found?.code == "FORMAT-NOT-TEXT")
        #expect(found?.summary.contains(word) == true)
    }
}
