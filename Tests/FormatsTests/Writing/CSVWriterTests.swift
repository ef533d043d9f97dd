import Domain
import Testing

@testable import Formats

struct CSVWriterTests {
    @Test(arguments: 0..<40)
    func `S11 D10 whatever is written reads back into the same cells, by two readers`(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let table = RandomCSV.table(using: &generator, rows: 20, columns: 1 + seed % 4)
        let writer = CSVWriter()

        let text = table.flatMap { writer.row($0) }

        #expect(NaiveCSV.rows(text) == table, "seed \(seed)")
        let scan = try ScanAll(text)
        #expect(scan.rows == table)
        #expect(scan.strayRows.isEmpty)
    }

    @Test func `S11 a dialect without quotes turns separators and line ends into blanks`() {
        let writer = CSVWriter(CSVDialect(separator: 0x09, quote: nil))

        #expect(writer.row([Array("a\tb\r\nc".utf8), Array("\"".utf8)]) == Array("a b  c\t\"\r\n".utf8))
    }

    @Test func `an escaped dialect is written with its escape`() throws {
        let dialect = CSVDialect(isQuoteDoubled: false, escape: 0x5C)
        let cells = [Array("a\"b\\".utf8), Array(",".utf8)]

        #expect(try ScanAll(CSVWriter(dialect).row(cells), dialect: dialect).rows == [cells])
    }

    @Test func `any profile's file becomes clean UTF-8 CSV`() throws {
        let profile = try SampleProfile.shipped("sage50/stock")
        let bytes = try ProjectFolder.bytes("\(ProjectFolder.fixtures)/sage50-stock.csv")
        var written: [UInt8] = []
        var rejected: [String] = []

        let proof = try Converter(profile).convert(
            MemoryByteSource(bytes),
            context: ReadContext(fileName: "x.csv", modified: UTCInstant(seconds: 0)),
            write: { written += $0 },
            reject: { rejected.append("\($0.line) \($1.code)") }
        )

        let rows = NaiveCSV.rows(written).map { $0.map { String(decoding: $0, as: UTF8.self) } }
        #expect(rejected == ["7 ROW-RAGGED"])
        #expect(proof.records == 7)
        #expect(rows.count == 7)
        #expect(rows[1][1] == "Hinge 4\" butt, black")
        #expect(rows[2][1] == "Café table £ 2 seat")
        #expect(rows[3][1] == "4\" pipe \"special\" order")
        #expect(rows[0][0] == "Product Code")
    }

    @Test func `a file without header is converted with the declared captions`() throws {
        let profile = try SampleProfile.make(dialect: #"{"header": false, "delimiter": ";"}"#)
        var written: [UInt8] = []

        _ = try Converter(profile).convert(
            MemoryByteSource(Array("A;1,5\n".utf8)),
            context: ReadContext(fileName: "x.csv", modified: UTCInstant(seconds: 0)),
            write: { written += $0 },
            reject: { _, _ in }
        )

        #expect(String(decoding: written, as: UTF8.self) == "sku,qty\r\nA,\"1,5\"\r\n")
    }
}
