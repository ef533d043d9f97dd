import Domain
import Testing

@testable import Formats

/// A quote that stands where none belongs must never bring a figure from one row to another.
struct SwallowedRowTests {
    private static let fields = [
        EntityField("sku", .text, ""), EntityField("on_hand", .decimal, ""), EntityField("allocated", .decimal, ""),
        EntityField("class", .text, ""),
    ]

    private static func profile(_ layout: String) throws -> Profile {
        try SampleProfile.make(
            profile:
                #"{"title": "T", "layout": {\#(layout)}, "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}, "allocated": {"column": "used"}, "class": {"column": "text"}}}"#,
            schema:
                #"{"fields": [{"name": "sku"}, {"name": "text"}, {"name": "qty", "type": "number"}, {"name": "used", "type": "number"}]}"#)
    }

    /// Rows with figures that no other row has.
    private static func rows(using generator: inout SeededGenerator, isLiteral: Bool) -> [String] {
        let texts = [
            "Nut", "Bolt M8", #""Hinge, black""#, #""A ""heavy"" one""#, #""two lines, of text""#, "", #""""#, #"",""#,
        ]
        let inches = [#"Pipe 4""#, #""4" pipe, black""#, #""HEAVY" BRACKET"#, #"Table 60" wide"#]
        return (1...7).map { row in
            let text = (isLiteral ? texts + inches : texts).randomElement(using: &generator) ?? ""
            return "K\(row),\(text == "\"" ? "" : text),\(row)1,\(row)2"
        }
    }

    @Test(arguments: [
        #""stray_quotes": "reject""#, #""stray_quotes": "literal""#, #""stray_quotes": "literal", "trailing_separators": "reject""#,
        #""short_rows": "allow""#,
    ])
    func `10,000 tables with a quote too many or too few in one row never give a row another row's figures`(layout: String) throws {
        let profile = try Self.profile(layout)
        let isLiteral = layout.contains("literal")
        for seed in 0..<10_000 {
            var generator = SeededGenerator(seed: seed)
            var rows = Self.rows(using: &generator, isLiteral: isLiteral)
            let damaged = Int.random(in: 0..<rows.count, using: &generator)
            var bytes = Array(rows[damaged].utf8)
            let quotes = bytes.indices.filter { bytes[$0] == 0x22 }
            if let quote = quotes.randomElement(using: &generator), Bool.random(using: &generator) {
                bytes.remove(at: quote)
            } else {
                bytes.insert(0x22, at: Int.random(in: 0...bytes.count, using: &generator))
            }
            rows[damaged] = String(decoding: bytes, as: UTF8.self)
            let text = "sku,text,qty,used\n" + rows.joined(separator: "\n") + "\n"
            // A quote that stays open to the end refuses the whole file.
            guard let file = try? ReadFile(profile, Array(text.utf8), fields: Self.fields, bufferSize: 4096) else { continue }

            for record in file.good {
                let cells = record.rows[0]
                let key = cells[0].dropFirst("text:".count).filter { $0 != "\"" }
                let row = key.dropFirst()
                if cells[1] == "number:\(row)1" && cells[2] == "number:\(row)2" && key.first == "K" { continue }
                Issue.record("seed \(seed): \(text) gave \(cells)")
                return
            }
            let known = Set(file.records.map { $0.rows[0][0].filter { $0 != "\"" } })
            for row in rows.indices where row != damaged {
                if known.contains("text:K\(row + 1)") { continue }
                Issue.record("seed \(seed): row \(row + 1) vanished from \(text)")
                return
            }
        }
    }

    @Test func `quotes that open and close inside a cell are text, and no row vanishes`() throws {
        let file = try ReadFile(
            SampleProfile.shipped("sage50/stock"),
            """
            Stock Code,Description,Depot,Stock Cat,Qty In Stock,Qty Allocated,Report Date\r
            B0,Nut,LDS,12,4.00,0.00,20/11/2026\r
            B1,"HEAVY" BRACKET,LDS,12,5.00,0.00,20/11/2026\r
            B2,Plain,LDS,12,6.00,0.00,20/11/2026\r
            B3,"Hinge, black",LDS,12,700.00,0.00,20/11/2026\r
            B4,"4" pipe, black",LDS,12,8.00,0.00,20/11/2026\r

            """)

        #expect(file.codes.isEmpty)
        #expect(file.values("sku") == ["text:B0", "text:B1", "text:B2", "text:B3", "text:B4"])
        #expect(file.values("on_hand") == ["number:4", "number:5", "number:6", "number:700", "number:8"])
    }

    @Test(arguments: ["reject", "literal"])
    func `a quote that takes the next row into its cell rejects each of the rows by its own key`(quotes: String) throws {
        let file = try ReadFile(
            Self.profile(#""stray_quotes": "\#(quotes)""#),
            Array("sku,text,qty,used\nA,\"Hinge,5,1\nB,\"Lock, big\",6,2\nC,Nut,7,3\nD,\"two\nlines\",8,4\n".utf8),
            fields: Array(Self.fields.prefix(3)))

        #expect(file.codes == ["CSV-QUOTE-LINES", "CSV-QUOTE-LINES"])
        #expect(file.rejected.map { $0.rows[0][0] } == ["text:A", "text:B"])
        #expect(file.rejected.map(\.origin.line) == [2, 3])
        #expect(file.good.map { $0.rows[0][0] } == ["text:C", "text:D"])
        #expect(file.proof.lines.total == file.proof.lines.records + 18)
    }
}
