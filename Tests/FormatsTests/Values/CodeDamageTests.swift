import Domain
import Testing

@testable import Formats

/// Keys and references that are not what the ERP has any more are refused, whatever entity they belong to.
struct CodeDamageTests {
    private func reason(_ text: String, schema: String = #"{"name": "sku"}"#, isCode: Bool = true) throws -> RejectReason? {
        let profile = try SampleProfile.make(
            profile: #"{"title": "T", "fields": {"sku": {"column": "sku"}}}"#, schema: #"{"fields": [\#(schema), {"name": "note"}]}"#)
        let cell = "\"" + text.replacing("\"", with: "\"\"") + "\""
        let file = try ReadFile(profile, Array("sku,note\n\(cell),x\n".utf8), fields: [EntityField("sku", .text, "", isCode: isCode)])
        return file.records[0].reason
    }

    @Test(arguments: [
        "=\"00472-BLK\"", "=\"4006381333931\"", "=00472", "'00472", "=T(\"00472\")", "5,01235E+12", "5.01235e+12", "5.01E12", "5,01235e12", "1.5E-7",
        "-1.2E+05", "4006381333931.0", "4006381333931,00", "01-Mar", "Mar-01", "1-Jun", "01. Mrz", "01-mars", "1-Mär", "01-mag-26", "Mrz-26",
        "Mai 26",
        "01.03.2026", "2026-03-01", "01/03/2026", "1/3/26", "2026-03-01 00:00:00", "2026-03-01T00:00:00", "#N/A", "12/31/2026",
    ])
    func `a code that a spreadsheet guarded or changed is refused, in the spellings of each country`(text: String) throws {
        #expect(try reason(text)?.code == "EXCEL-DAMAGE")
    }

    @Test(arguments: [
        "00472", "1E10", "5E12", "2-3", "MAR1", "12-MAR", "E+12", "#12", "5012345678900", "A-5E+1", "10.5", "1.25.100", "1.25.10", "10.12.25",
        "1,5MM", "10.0", "01/03",
        "99.99.9999", "2026-13-45", "32/13/2026", "1-2-3456A", "CAFÉ-£2", "4\"-PIPE", "10-20-30", "W0000501", "2026/0001", "000000135-1", "SEP-10",
        "Ärmel-10", "12-Maro", "日本", "a=b", "O'RING",
    ])
    func `codes that only look odd are left alone`(text: String) throws {
        #expect(try reason(text) == nil)
    }

    @Test(arguments: [
        ("\u{A0}", "no-break space (U+00A0)"), ("\u{AD}", "soft hyphen (U+00AD)"), ("\u{200B}", "zero-width space (U+200B)"),
        ("\u{FEFF}", "byte order mark (U+FEFF)"), ("\u{202F}", "narrow no-break space (U+202F)"), ("\u{2060}", "word joiner (U+2060)"),
        ("\u{200E}", "left-to-right mark (U+200E)"), ("\u{202E}", "invisible character (U+202E)"), ("\u{3000}", "ideographic space (U+3000)"),
        ("\u{FFFD}", "replacement for a lost character (U+FFFD)"), ("\u{E0041}", "invisible character (U+E0041)"),
        ("\u{2003}", "invisible character (U+2003)"),
    ])
    func `a character in a code that nobody sees is named with its place`(character: String, name: String) throws {
        for (text, place) in [("AB\(character)1", 3), ("\(character)AB1", 1), ("AB1\(character)", 4)] {
            let reason = try reason(text)
            #expect(reason?.code == "TEXT-INVISIBLE")
            #expect(reason?.text.contains("\(name) as its character \(place)") == true, "\(reason?.text ?? "")")
        }
    }

    @Test func `what people write may hold what a code may not`() throws {
        #expect(try reason("Café\u{A0}no 5", isCode: false) == nil)
        #expect(try reason("2026-03-01", isCode: false) == nil)
    }

    @Test func `a pattern says what codes look like, so a date or number may be one`() throws {
        let schema = #"{"name": "sku", "constraints": {"pattern": "[0-9-]+"}}"#
        #expect(try reason("2026-03-01", schema: schema) == nil)
        #expect(try reason("2026-03\u{AD}-01", schema: schema)?.code == "TEXT-INVISIBLE")
    }

    @Test(arguments: ["reject", "literal"])
    func `a spreadsheet's guard without quotes around it is refused as such, not as a new product`(quotes: String) throws {
        let profile = try SampleProfile.make(
            profile: #"{"title": "T", "layout": {"stray_quotes": "\#(quotes)"}, "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}"#)
        let file = try ReadFile(profile, "sku,qty\n=\"00472\",5\n")

        #expect(file.codes == [quotes == "literal" ? "EXCEL-DAMAGE" : "CSV-QUOTE-STRAY"])
    }

    @Test func `every text that has to be spelled as somebody else spells it is a code`() {
        for name in ["sku", "order", "tracking", "account", "warehouse", "group", "order_status"] {
            #expect(FieldVocabulary.entityField(name).isCode, "\(name)")
        }
        for name in ["name", "street1", "reason", "attribute.colour"] {
            #expect(!FieldVocabulary.entityField(name).isCode, "\(name)")
        }
    }
}
