import Domain
import Testing

@testable import Formats

/// Files cut at every offset, in several layouts and encodings (reliability F32, M9).
struct TruncationTests {
    @Test(arguments: [TextEncoding.utf8, .utf16LittleEndian, .utf16BigEndian, .windows1252])
    func `F32 with a counted trailer no cut file passes for a whole one`(encoding: TextEncoding) throws {
        let profile = try SampleProfile.make(
            profile: """
                {"title": "T", "encoding": "\(encoding.rawValue)",
                 "trailer": {"first_cell": "END", "count_cell": 2}, "complete": {"trailer_count": true, "final_line_end": true},
                 "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}
                """)
        let text = "sku,qty\r\nCaf\u{E9},1\r\n\"B\r\n\"\"x\",2\r\nC,30\r\nEND,3\r\n"
        let bytes = encoding.byteOrderMark + encoding.encode(text).bytes
        let unit = encoding.isUTF16 ? 2 : 1

        for cut in 0..<bytes.count {
            guard let file = try? ReadFile(profile, Array(bytes[..<cut])) else { continue }
            // Without its last LF the file still ends with a line end, and its count is right: all records are there.
            if cut == bytes.count - unit {
                #expect(profile.findings(file.proof).isEmpty)
            } else {
                #expect(!profile.findings(file.proof).isEmpty, "cut at \(cut) of \(bytes.count)")
            }
            #expect(file.proof.lines.total == cut)
        }
        #expect(try profile.findings(ReadFile(profile, bytes).proof).isEmpty)
    }

    @Test func `F32 a pivoted file cut anywhere never shows a number that is not there`() throws {
        let profile = try SampleProfile.shipped("sage50/stock-pivoted")
        let bytes = Array(
            "Stock Code,WH A Qty,WH A Allocated,WH B Qty,WH B Allocated\r\nX,100,20,300,40\r\nY,500,60,700,80\r\n".utf8)
        let whole = try ReadFile(profile, bytes).records.map(\.rows)

        for cut in 60..<bytes.count {
            guard let file = try? ReadFile(profile, Array(bytes[..<cut])), profile.findings(file.proof).isEmpty else {
                continue
            }
            #expect(file.records.map(\.rows) == Array(whole.prefix(file.records.count)), "cut at \(cut)")
        }
    }
}
