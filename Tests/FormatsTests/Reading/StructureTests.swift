import Domain
import Testing

@testable import Formats

/// What stands around the records.
struct StructureTests {
    private func profile(_ more: String = "", dialect: String = "{}") throws -> Profile {
        try SampleProfile.make(
            profile: #"{"title": "T", "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}\#(more)}"#,
            dialect: dialect)
    }

    private func diagnostic(_ read: () throws -> ReadFile) -> Diagnostic? {
        do {
            _ = try read()
            return nil
        } catch {
            return error as? Diagnostic
        }
    }

    @Test func `F31 a file of nothing and a lone byte order mark are refused`() throws {
        #expect(diagnostic { try ReadFile(profile(), "") }?.code == "FILE-EMPTY")
        #expect(diagnostic { try ReadFile(profile(), "\u{FEFF}") }?.code == "FILE-EMPTY")
    }

    @Test func `F31 a header alone is a file without records`() throws {
        let file = try ReadFile(profile(), "sku,qty\r\n")

        #expect(file.records.isEmpty)
        #expect(file.proof.header == ["sku", "qty"])
        #expect(file.proof.lines.header == 9)
    }

    @Test func `F31 a header twice counts as header, or refuses the file`() throws {
        let text = "sku,qty\nA,1\nsku,qty\nB,2\n"

        #expect(try ReadFile(profile(), text).values("sku") == ["text:A", "text:B"])
        #expect(try ReadFile(profile(), "sku,qty\nA,1\n\u{FEFF}sku,qty\nB,2\n").values("sku") == ["text:A", "text:B"])
        let strict = try profile(#", "layout": {"repeated_header": "refuse"}"#)
        let found = diagnostic { try ReadFile(strict, text) }
        #expect(found?.code == "HEADER-REPEATED")
        #expect(found?.location?.line == 3)
        let naive = try ReadFile(profile(#", "layout": {"repeated_header": "record"}"#), text)
        #expect(naive.codes == ["NUMBER-FORMAT"])
    }

    @Test func `lines above the header are passed over and counted`() throws {
        let text = "Stock \"report\n31/03/2026\n\nsku,qty\nA,1\n"

        let byCount = try ReadFile(profile(#", "layout": {"preamble": 3}"#), text)
        let byBlank = try ReadFile(profile(#", "layout": {"preamble": "until_blank"}"#), text)
        let byHeaderRow = try ReadFile(profile("", dialect: #"{"headerRows": [4]}"#), text)

        for file in [byCount, byBlank, byHeaderRow] {
            #expect(file.values("sku") == ["text:A"])
            #expect(file.proof.lines.preamble == 26)
            #expect(file.records[0].origin.line == 5)
        }
    }

    @Test func `several header rows join into captions, further ones are passed over`() throws {
        let joined = try SampleProfile.make(
            profile: #"{"title": "T", "fields": {"sku": {"column": "Stock Code"}, "on_hand": {"column": "Qty Now"}}}"#,
            schema: #"{"fields": [{"name": "Stock Code"}, {"name": "Qty Now", "type": "number"}]}"#,
            dialect: #"{"headerRows": [1, 2]}"#)
        #expect(try ReadFile(joined, "Stock,Qty\nCode,Now\nA,1\n").values("on_hand") == ["number:1"])

        let extra = try profile(#", "layout": {"extra_header_rows": 1}"#)
        #expect(try ReadFile(extra, "sku,qty\nItem,Quantity\nA,1\n").values("sku") == ["text:A"])
    }

    @Test func `F41 a trailer's count is proof, and the word Total never ends a file`() throws {
        let trailer = #", "trailer": {"first_cell": "TRL", "count_cell": 2}, "complete": {"trailer_count": true}"#
        let counted = try profile(trailer)

        let file = try ReadFile(counted, "sku,qty\nTotal,1\nTRL,5\nTOTAL FOODS,3\nTRL,3\n\n\u{1A}")

        #expect(file.values("sku") == ["text:Total", "text:TRL", "text:TOTAL FOODS"])
        #expect(file.proof.claimedRecords == 3)
        #expect(file.proof.lines.trailer == 6)
        #expect(counted.findings(file.proof).isEmpty)
        #expect(try counted.findings(ReadFile(counted, "sku,qty\nA,1\nTRL,2\n").proof).map(\.code) == ["FILE-COUNT"])
        #expect(try counted.findings(ReadFile(counted, "sku,qty\nA,1\n").proof).map(\.code) == ["FILE-TRAILER-MISSING"])
    }

    @Test func `a trailer by position is the last row, whatever it says`() throws {
        let file = try ReadFile(profile(#", "trailer": {}"#), "sku,qty\nA,1\nEnd of report\n")

        #expect(file.values("sku") == ["text:A"])
        #expect(file.proof.lines.trailer == 14)
    }

    @Test func `F40 a quote that never closes names the line where it opened`() throws {
        let found = diagnostic { try ReadFile(profile(), "sku,qty\nA,1\n\"B\n\",2\nC,\"3\nD,4\nE,5\n") }

        #expect(found?.code == "CSV-QUOTE-OPEN")
        #expect(found?.location?.line == 5)
    }

    @Test func `F48 a record beyond the cap stops the file instead of filling the memory`() throws {
        let small = try profile(#", "layout": {"max_record_bytes": 100}"#)
        let long = String(repeating: "x", count: 300_000)

        #expect(diagnostic { try ReadFile(small, "sku,qty\n\(long),1\n") }?.code == "CSV-RECORD-LENGTH")
        #expect(diagnostic { try ReadFile(small, "sku,qty\nA,1\n\"\(long)") }?.code == "CSV-QUOTE-OPEN")
        #expect(
            diagnostic { try ReadFile(profile(), "sku,qty\n" + String(repeating: ",", count: 5000) + "\n") }?.code
                == "CSV-COLUMNS")
    }

    @Test func `F41 ragged records are rejected, empty cells behind the last column are not`() throws {
        let file = try ReadFile(profile(), "sku,qty\nA,1,\nB\nC,1,x\nD,2,,,\nE,3,\nF,4,\nG,5,\n")

        #expect(file.codes == ["ROW-RAGGED", "ROW-RAGGED", "ROW-RAGGED"])
        #expect(file.rejected.map(\.origin.line) == [3, 4, 5])
        #expect(file.rejected.map { $0.rows[0][0] } == ["text:B", "text:C", "text:D"])
        #expect(file.values("sku") == ["text:A", "text:E", "text:F", "text:G"])
        let optional =
            #"{"title": "T", "layout": {"short_rows": "allow"}, "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty", "optional": true}}}"#
        let padded = try ReadFile(SampleProfile.make(profile: optional), "sku,qty\nB\n")
        #expect(padded.codes == [])
        let strict = try ReadFile(profile(#", "layout": {"trailing_separators": "reject"}"#), "sku,qty\nA,1,\n")
        #expect(strict.codes == ["ROW-RAGGED"])
    }

    @Test func `comments, blank lines and padding are attributed`() throws {
        let file = try ReadFile(
            profile("", dialect: #"{"commentChar": "//"}"#), "// by \"ERP\n\nsku,qty\n/A,1\n//x\n , \nB,2\n\u{1A}\u{0}")

        #expect(file.values("sku") == ["text:/A", "text:B"])
        #expect(file.proof.lines.comment == 15)
        #expect(file.proof.lines.blank == 5)
        #expect(file.proof.lines.padding == 2)
        #expect(file.proof.endsWithLineEnd)
    }

    @Test func `a Ctrl-Z with more data behind it is data, and rejected`() throws {
        let file = try ReadFile(profile(), "sku,qty\n\u{1A}A,1\nB,2\n")

        #expect(file.codes == ["CONTROL-CHARACTER"])
        #expect(file.proof.records == 2)
    }

    @Test func `header cells give time, sequence and mode`() throws {
        let tagged = try profile(
            """
            , "layout": {"preamble": 1}, "event_time": {"source": "cell", "row": 1, "cell": 2, "format": "%Y%m%d%H%M"},
            "sequence": {"source": "cell", "row": 1, "cell": 3}, "mode": {"row": 1, "cell": 4, "full": ["F"], "delta": ["D"]}
            """)

        let file = try ReadFile(tagged, "H,202607010905,00042,D\nsku,qty\nA,1\n")

        #expect(file.proof.eventTime?.description == "2026-07-01T08:05:00Z")
        #expect(file.proof.sequence == 42)
        #expect(file.proof.saysFull == false)
        #expect(diagnostic { try ReadFile(tagged, "H,202613010905,1,D\nsku,qty\nA,1\n") }?.code == "FILE-HEADER-CELL")
        #expect(diagnostic { try ReadFile(tagged, "H,202607010905,1,X\nsku,qty\nA,1\n") }?.code == "FILE-HEADER-CELL")
    }

    @Test func `F32 a file cut anywhere never has more whole records than whole lines`() throws {
        let whole = try SampleProfile.shipped("generic/stock")
        let text = Array(
            ("sku,description,warehouse,on_hand,allocated,on_order,unit_price,updated\r\n"
                + "A1,\"x \"\"y\"\"\r\nz\",MAIN,150,0,0,1,31/12/2026 23:59\r\nB2,é,EAST,30,1,1,2.5,01/01/2026 00:00\r\n")
                .utf8)
        let complete = try ReadFile(whole, text).good

        for cut in 0..<text.count {
            guard let file = try? ReadFile(whole, Array(text[..<cut])) else { continue }
            #expect(file.proof.lines.total == cut)
            for (index, record) in file.good.enumerated() where record.rows != complete[index].rows {
                // Only the last record of a cut file may look different, and then the final line end is missing.
                #expect(index == file.records.count - 1)
                #expect(whole.findings(file.proof).map(\.code) == ["FILE-CUT"])
            }
        }
    }
}
