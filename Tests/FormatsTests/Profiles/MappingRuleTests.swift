import Domain
import Testing

@testable import Formats

/// What a mapping can say besides the column: words and checked columns.
struct MappingRuleTests {
    private static let fields = [
        EntityField("sku", .text, ""), EntityField("price_per", .decimal, ""), EntityField("valid_to", .instant, ""),
        EntityField("on_stop", .boolean, ""), EntityField("basis", .text, ""),
    ]

    private func profile(_ fields: String, checked: String = "[]") throws -> Profile {
        try SampleProfile.make(
            profile: #"{"title": "T", "fields": {"sku": {"column": "sku"}, \#(fields)}, "checked": \#(checked)}"#,
            schema: """
                {"fields": [{"name": "sku"}, {"name": "word"}, {"name": "day", "type": "date", "format": "%d/%m/%Y"},
                 {"name": "list", "constraints": {"required": true, "enum": ["RET"]}}]}
                """)
    }

    @Test func `words of the file become ours, and others reject the record`() throws {
        let profile = try profile(
            #""price_per": {"column": "word", "values": {"E": "1", "C": "100"}}, "basis": {"column": "list", "values": {"RET": "net"}}"#)

        let file = try ReadFile(profile, Array("sku,word,day,list\nA,E,,RET\nB,C,,RET\nC,M,,RET\nD,,,RET\nE,e,,RET\n".utf8), fields: Self.fields)

        #expect(file.values("price_per", fields: Self.fields) == ["number:1", "number:100", "blank"])
        #expect(file.values("basis", fields: Self.fields) == ["text:net", "text:net", "text:net"])
        #expect(file.codes == ["VALUE-CHOICE", "VALUE-CHOICE"])
        #expect(file.rejected[0].reason?.text == "the profile does not know this word; it knows: E, C")
    }

    @Test func `yes and no may be any words`() throws {
        let profile = try profile(#""on_stop": {"column": "word", "values": {"All": "true", "None": "false"}}"#)

        let file = try ReadFile(profile, Array("sku,word,day,list\nA,All,,RET\nB,None,,RET\n".utf8), fields: Self.fields)

        #expect(file.values("on_stop", fields: Self.fields) == ["boolean:true", "boolean:false"])
    }

    @Test(arguments: [
        #""price_per": {"column": "word", "values": {"E": "one"}}"#, #""on_stop": {"column": "word", "values": {"E": "1"}}"#,
        #""valid_to": {"column": "day", "values": {"E": "1"}}"#,
    ])
    func `a word that cannot be a value of the field is the profile's mistake`(fields: String) throws {
        let profile = try profile(fields)

        #expect { try ReadFile(profile, Array("sku,word,day,list\nA,E,,RET\n".utf8), fields: Self.fields) } throws: {
            ($0 as? Diagnostic)?.code == "PROFILE-FIELD-KIND"
        }
    }

    @Test func `a checked column rejects what its constraints exclude, though no field takes it`() throws {
        let profile = try profile(#""basis": {"constant": "net"}"#, checked: #"["list"]"#)

        let file = try ReadFile(profile, Array("sku,word,day,list\nA,,,RET\nB,,,TRADE\nC,,,\n".utf8), fields: Self.fields)

        #expect(file.values("sku", fields: Self.fields) == ["text:A"])
        #expect(file.codes == ["VALUE-CHOICE", "VALUE-MISSING"])
    }

    @Test func `a checked column that the schema or the file lacks is named`() throws {
        #expect { try profile(#""basis": {"constant": "net"}"#, checked: #"["lists"]"#) } throws: {
            ($0 as? Diagnostic)?.code == "PROFILE-COLUMN-UNKNOWN"
        }
        let sound = try profile(#""basis": {"constant": "net"}"#, checked: #"["list"]"#)
        #expect { try ReadFile(sound, Array("sku,word,day\nA,,\n".utf8), fields: Self.fields) } throws: {
            ($0 as? Diagnostic)?.code == "HEADER-COLUMN-MISSING"
        }
    }
}
