import Domain
import Foundation
import TestKit
import Testing

@testable import Formats

/// Files of a site's own layout, from Mustache templates.
struct OutputTemplateTests {
    private let folder = TemporaryFolder()

    private func profile(_ document: String, _ more: String = "", start: String = "", end: String = "") throws -> OutputProfile {
        for (name, text) in [("start", start), ("document", document), ("end", end)] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name).mustache"))
        }
        let text = """
            {"title": "t", "format": "template", "start": "start.mustache", "document": "document.mustache", "end": "end.mustache"\(more)}
            """
        return try OutputProfile(name: "test", node: JSONDocument.parse(Array(text.utf8), file: "output.json"), folder: folder.path)
    }

    private static let batch = OutputBatch(name: "F", sequence: 7, created: UTCInstant(seconds: 1_782_000_000))

    private static func document(_ values: [String: DocumentValue], lines: [[String: DocumentValue]] = []) -> MadeDocument {
        MadeDocument(record: DocumentRecord(values, groups: ["lines": lines.map { DocumentRecord($0) }]), summary: "", total: 1)
    }

    private static func write(_ profile: OutputProfile, _ documents: MadeDocument...) throws -> String {
        profile.encoding.decode(try DocumentWriter(profile, zoneName: "Europe/London").write(documents, batch).bytes)
    }

    private static func code(_ profile: OutputProfile, _ document: MadeDocument) -> String? {
        do {
            _ = try DocumentWriter(profile, zoneName: "Europe/London").check(document)
            return nil
        } catch { return error.reason.code }
    }

    @Test func `values, groups and conditions are filled in, and a name may be a value and the beginning of others`() throws {
        let profile = try profile(
            "<o n=\"{{number}}\">{{shipping}}/{{shipping.net}}{{#lines}}<l>{{line.sku}} of {{number}}</l>{{/lines}}{{#coupon}}<c>{{coupon}}</c>{{/coupon}}{{^coupon}}<none/>{{/coupon}}</o>",
            start: "<all b=\"{{batch.sequence}}\">", end: "</all>")
        let document = Self.document(
            ["number": .text("12"), "shipping": .text("DHL"), "shipping.net": .number(5)],
            lines: [["line.sku": .text("A")], ["line.sku": .text("B")]])

        #expect(try Self.write(profile, document) == "<all b=\"7\"><o n=\"12\">DHL/5<l>A of 12</l><l>B of 12</l><none/></o></all>")
    }

    @Test(arguments: ["=cmd|'x'!A1, \"Ltd\"\r\n", "<&>]]>\"'", "a<\u{338}b", "{{number}}", "& amp;"])
    func `S10 whatever a customer is named, it stays in its place in XML, braces or not`(name: String) throws {
        let profile = try profile("<o><a>{{name}}</a><b>{{{name}}}</b><c n=\"{{name}}\">{{&name}}</c></o>")

        let text = try Self.write(profile, Self.document(["number": .text("12"), "name": .text(name)]))

        #expect(try XMLReadBack.elements(Array(text.utf8)) == ["a: \(name)", "b: \(name)", "c n=\(name): \(name)", "o: "], "\(text)")
    }

    @Test func `S10 a customer's name survives in delimited files`() throws {
        let profile = try profile(
            "{{number}};{{name}};{{#lines}}{{line.sku}}{{/lines}}\r\n", ", \"escape\": \"csv\", \"dialect\": {\"delimiter\": \";\"}")

        let text = try Self.write(profile, Self.document(["number": .text("12"), "name": .text("a;\"b\"\r\nc")], lines: [["line.sku": .text("S")]]))

        #expect(text == "12;\"a;\"\"b\"\"\r\nc\";S\r\n")
    }

    @Test func `D10 limits of fields hold in templates, and what was cut is told`() throws {
        let profile = try profile(
            "<o>{{account}}{{name}}{{sum}}</o>",
            ", \"fields\": {\"account\": {\"required\": true}, \"name\": {\"length\": 3, \"over\": \"truncate\"}, \"sum\": {\"decimals\": 2}}")
        let whole: [String: DocumentValue] = ["account": .text("A"), "name": .text("abcd"), "sum": .number(7)]

        #expect(try Self.write(profile, Self.document(whole)) == "<o>Aabc7.00</o>")
        #expect(try DocumentWriter(profile, zoneName: "UTC").check(Self.document(whole)) == ["name cut from 4 to 3 characters"])
        #expect(Self.code(profile, Self.document(["name": .text("a")])) == "FIELD-MISSING")
        #expect(
            Self.code(profile, Self.document(whole.merging(["sum": .number(ExactDecimal(coefficient: 1234, scale: 3) ?? 0)]) { $1 }))
                == "FIELD-DECIMALS")
    }

    private static let address: [String: DocumentValue] = [
        "billing.street1": .text("Unit 4"), "billing.street2": .text("Canal Yard"), "billing.street3": .text("Gate B"),
        "billing.street_from2": .text("Canal Yard, Gate B"), "billing.street": .text("Unit 4, Canal Yard, Gate B"),
    ]

    @Test(arguments: [
        ("{{billing.street1}} {{billing.street2}}", ["billing.street3 Gate B has no place in the file"]),
        ("{{billing.street1}} {{billing.street_from2}}", []), ("{{billing.street}}", []), ("{{number}}", []),
        // What stands in a condition is told only where it holds.
        (
            "{{billing.street1}}{{#missing}}{{billing.street_from2}}{{/missing}}",
            ["billing.street2 Canal Yard has no place in the file", "billing.street3 Gate B has no place in the file"]
        ),
    ])
    func `lines of an address that a template has no place for are listed`(_ template: String, _ expected: [String]) throws {
        let profile = try profile("<o>\(template)</o>")

        #expect(try DocumentWriter(profile, zoneName: "UTC").check(Self.document(Self.address.merging(["number": .text("1")]) { $1 })) == expected)
    }

    @Test(arguments: [
        (#""escape": "none""#, "a b|c", ["note: line breaks became blanks"]),
        (
            #""escape": "csv", "dialect": {"delimiter": "|", "quoteChar": ""}"#, "a  b c",
            ["note: separators and line breaks became blanks, because the file has no quotes"]
        ),
        (#""escape": "csv", "dialect": {"delimiter": "|"}"#, "\"a\r\nb|c\"", []),
    ])
    func `what a template's form changes in a value is listed`(_ form: String, _ text: String, _ notes: [String]) throws {
        let profile = try profile("{{note}}", ", \(form)")
        let document = Self.document(["note": .text("a\r\nb|c")])

        #expect(try DocumentWriter(profile, zoneName: "UTC").check(document) == notes)
        #expect(try Self.write(profile, document) == text)
        #expect(try DocumentWriter(profile, zoneName: "UTC").check(Self.document(["note": .text("plain")])).isEmpty)
    }

    @Test func `each document's bytes are where the file says`() throws {
        let profile = try profile("<d>\n{{a}}</d>\n", start: "<r>\n", end: "</r>")
        let file = try DocumentWriter(profile, zoneName: "UTC").write(
            [Self.document(["a": .text("one")]), Self.document(["a": .text("two")])], Self.batch)

        let pieces = file.places.map { String(decoding: file.bytes[$0.offset..<$0.offset + $0.length], as: UTF8.self) }
        #expect(pieces == ["<d>\none</d>\n", "<d>\ntwo</d>\n"])
        #expect(file.places.map(\.line) == [2, 4])
    }

    @Test func `a template whose file is not well-formed refuses before anything leaves`() throws {
        let profile = try profile("<o><a>{{number}}</o>")

        #expect(Self.code(profile, Self.document(["number": .text("1")])) == "TEMPLATE-FORM")
    }

    @Test(arguments: ["{{#lines}}x", "{{> other}}", "{{=<% %>=}}", "{{% CONTENT_TYPE:HTML}}"])
    func `a template that cannot be read is shown at its file`(text: String) {
        #expect { try profile(text) } throws: { ($0 as? Diagnostic)?.code == "PROFILE-TEMPLATE" }
    }

    @Test func `a template beside no file is named`() {
        #expect {
            try OutputProfile(
                name: "t", node: JSONDocument.parse(Array("{\"title\": \"t\", \"format\": \"template\", \"document\": \"../x\"}".utf8), file: "o"),
                folder: "/tmp")
        } throws: { ($0 as? Diagnostic)?.code == "PROFILE-FILE" }
    }
}
