import Domain
import Testing

@testable import Formats

/// Blank rules, constraints, duplicates of words: what a cell becomes.
struct CellTests {
    private func profile(field: String = "", column: String = "", more: String = "") throws -> Profile {
        try SampleProfile.make(
            profile: #"""
                {"title": "T", "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"\#(field)}}\#(more)}
                """#,
            schema: #"""
                {"fields": [{"name": "sku", "constraints": {"maxLength": 8, "pattern": "[^*]*"}},
                 {"name": "qty", "type": "number"\#(column)}], "missingValues": ["", "N/A", "-"]}
                """#)
    }

    @Test(arguments: [
        ("keep", "blank"), ("clear", "cleared"), ("zero", "number:0"), ("reject", "VALUE-MISSING"),
    ])
    func `an empty cell follows the field's blank policy`(policy: String, expected: String) throws {
        let file = try ReadFile(profile(field: #", "blank": "\#(policy)""#), "sku,qty\nA,\nB,N/A\nC,  \nD,-\n")

        for record in file.records { #expect((record.reason?.code ?? record.rows[0][2]) == expected) }
        #expect(file.records.count == 4)
    }

    @Test func `a required value may never be empty, whatever the blank policy`() throws {
        let file = try ReadFile(
            profile(field: #", "blank": "zero""#, column: #", "constraints": {"required": true}"#), "sku,qty\nA,\n")

        #expect(file.codes == ["VALUE-MISSING"])
    }

    @Test func `words for zero are zero, and a missing value goes before them`() throws {
        let nil0 = try profile(more: #", "numbers": {"zero_values": ["Nil"]}"#)

        #expect(try ReadFile(nil0, "sku,qty\nA,Nil\nB,nil\n").values("on_hand") == ["number:0"])
    }

    @Test(arguments: [
        ("-1", "VALUE-RANGE"), ("1001", "VALUE-RANGE"), ("1000", nil), ("0", nil), ("#N/A", "EXCEL-DAMAGE"),
        ("1E3", "NUMBER-FORMAT"),
        ("12abc", "NUMBER-FORMAT"), ("1,000", "NUMBER-FORMAT"), (" 7 ", nil), ("\"7\"", nil), ("7-", "NUMBER-FORMAT"),
    ])
    func `F42 numbers outside their bounds or form reject the record`(text: String, code: String?) throws {
        let file = try ReadFile(
            profile(column: #", "constraints": {"minimum": 0, "maximum": 1000}"#),
            "sku,qty\nA,\(text.contains(",") ? "\"\(text)\"" : text)\n")

        #expect(file.codes.first == code)
        #expect(file.rejected.allSatisfy { $0.reason?.column == "qty" && $0.rows[0][0] == "text:A" })
    }

    @Test(arguments: [
        ("5.01235E+12", "EXCEL-DAMAGE"), ("#REF!", "EXCEL-DAMAGE"), ("01-Mar", "EXCEL-DAMAGE"),
        ("A\tB", "CONTROL-CHARACTER"), ("A\u{85}B", "CONTROL-CHARACTER"), ("A\u{A3}B", nil),
        ("ABCDEFGHI", "VALUE-LENGTH"), ("A*B", "VALUE-PATTERN"), ("éééééé", nil), ("00472", nil), ("1E10", nil),
        (" A ", nil),
    ])
    func `F44 keys that cannot be trusted reject the record`(text: String, code: String?) throws {
        let file = try ReadFile(profile(), "sku,qty\n\(text),1\n")

        #expect(file.codes.first == code)
    }

    @Test func `F44 C8 keys are bytes: case, zeros and composition stay as they are`() throws {
        let file = try ReadFile(profile(), "sku,qty\n00472,1\n472,1\nabc,1\nABC,1\n\u{E9},1\ne\u{301},1\n")

        let keys = file.records.map { Array($0.rows[0][0].utf8) }
        #expect(file.codes == [])
        #expect(Set(keys).count == 6)
    }

    @Test func `blanks around a value go, unless the profile keeps them`() throws {
        let kept = try SampleProfile.make(
            profile:
                #"{"title": "T", "fields": {"sku": {"column": "sku", "trim": "none"}, "on_hand": {"column": "qty"}}}"#)

        #expect(try ReadFile(profile(), "sku,qty\n A\t,1\n").values("sku") == ["text:A"])
        #expect(try ReadFile(kept, "sku,qty\n A ,1\n").values("sku") == ["text: A "])
    }

    @Test func `the first fault is reported and the readable cells stay`() throws {
        let file = try ReadFile(profile(), "sku,qty\nA*,x\n")

        #expect(file.codes == ["VALUE-PATTERN"])
        #expect(file.records[0].rows[0][0] == "absent")
    }

    @Test func `hostile values are shown escaped`() throws {
        let file = try ReadFile(profile(), "sku,qty\nA,\u{1B}[31m9\u{202E}\n")

        #expect(file.rejected[0].reason?.value == "\\x1b[31m9\\u{202e}")
    }

    @Test func `booleans and constants`() throws {
        let fields = [
            EntityField("sku", .text, ""), EntityField("on_stop", .boolean, ""), EntityField("warehouse", .text, ""),
            EntityField("free", .decimal, ""),
        ]
        let profile = try SampleProfile.make(
            profile: #"""
                {"title": "T", "fields": {"sku": {"column": "sku"}, "on_stop": {"column": "web"},
                 "warehouse": {"constant": "MAIN"}, "free": {"constant": "1.5"}}}
                """#,
            schema:
                #"{"fields": [{"name": "sku"}, {"name": "web", "type": "boolean", "trueValues": ["-1"], "falseValues": ["0"]}]}"#
        )

        let file = try ReadFile(profile, Array("sku,web\nA,-1\nB,0\nC,Y\n".utf8), fields: fields)

        #expect(
            file.good.map { $0.rows[0] } == [
                ["text:A", "boolean:true", "text:MAIN", "number:1.5"],
                ["text:B", "boolean:false", "text:MAIN", "number:1.5"],
            ])
        #expect(file.codes == ["BOOLEAN-FORMAT"])
    }

    @Test func `F43 dates that cannot be placed reject the record`() throws {
        let profile = try SampleProfile.make(
            profile:
                #"{"title": "T", "fields": {"sku": {"column": "sku"}, "valid_from": {"column": "at", "blank": "keep"}}, "dates": {"overlap": "earlier"}}"#,
            schema: #"{"fields": [{"name": "sku"}, {"name": "at", "type": "datetime", "format": "%d/%m/%Y %H:%M"}]}"#)
        let header = "sku,at\n"
        let dates = [
            "29/03/2026 01:30", "25/10/2026 01:30", "31/02/2026 00:00", "2026-01-01", "00/00/0000 00:00", "",
            "01/01/2026 00:00",
        ]

        let file = try ReadFile(profile, header + dates.map { "A,\($0)\n" }.joined())

        // This profile takes the earlier of the two moments, so that a doubtful record never looks newer than it is.
        #expect(file.codes == ["DATE-GAP", "DATE-FORMAT", "DATE-FORMAT"])
        #expect(
            file.values("valid_from") == ["instant:2026-10-25T00:30:00Z", "blank", "blank", "instant:2026-01-01T00:00:00Z"])
        let strict = try SampleProfile.make(
            profile: #"{"title": "T", "fields": {"sku": {"column": "sku"}, "valid_from": {"column": "at"}}}"#,
            schema: #"{"fields": [{"name": "sku"}, {"name": "at", "type": "datetime", "format": "%d/%m/%Y %H:%M"}]}"#)
        #expect(try ReadFile(strict, "sku,at\nA,25/10/2026 01:30\n").codes == ["DATE-OVERLAP"])
    }
}
