import Domain
import Foundation
import Testing

@testable import Formats

struct ProfileLoadingTests {
    private func diagnostic(_ make: () throws -> some Any) -> Diagnostic? {
        do {
            _ = try make()
            return nil
        } catch {
            return error as? Diagnostic
        }
    }

    @Test func `an unknown key is an error with file, line and the key that was meant`() throws {
        let found = diagnostic { try SampleProfile.make(profile: "{\"title\": \"T\",\n \"feilds\": {}}") }

        #expect(found?.code == "PROFILE-KEY-UNKNOWN")
        #expect(found?.location == .init(file: "profile.json", line: 2, column: 12))
        #expect(found?.fix == "did you mean 'fields'?")
    }

    @Test(arguments: [
        (#"{"title": "T", "encoding": "ebcdic"}"#, "PROFILE-VALUE"),
        (#"{"title": "T", "timezone": "Leeds"}"#, "ZONE-UNKNOWN"),
        (#"{"encoding": "utf-8"}"#, "PROFILE-KEY-MISSING"),
        (#"{"title": "T", "fields": {"sku": {"column": "sKU"}}}"#, "PROFILE-COLUMN-UNKNOWN"),
        (#"{"title": "T", "fields": {"sku": {"column": "sku", "constant": "x"}}}"#, "PROFILE-VALUE"),
        (#"{"title": "T", "fields": {"sku": {"column": "sku", "blank": "ignore"}}}"#, "PROFILE-VALUE"),
        (#"{"title": "T", "layout": {"stray_quotes": "maybe"}}"#, "PROFILE-VALUE"),
        (#"{"title": "T", "layout": {"preamble": "three"}}"#, "PROFILE-VALUE"),
        (#"{"title": "T", "event_time": {"source": "file_name", "pattern": "STOCK.csv"}}"#, "PROFILE-VALUE"),
        (#"{"title": "T", "event_time": {"source": "column", "column": "when"}}"#, "PROFILE-COLUMN-UNKNOWN"),
        (#"{"title": "T", "sequence": {"source": "file_name", "pattern": "*_%Q.csv"}}"#, "PROFILE-VALUE"),
        (#"{"title": "T", "pivot": {"field": "warehouse", "columns": {"on_hand": "Qty"}}}"#, "PROFILE-VALUE"),
        (#"{"title": "T", "duplicate_keys": "merge"}"#, "PROFILE-VALUE"),
        (#"{"title": "T", "complete": {"trailer_count": "yes"}}"#, "PROFILE-VALUE"),
        (#"{"title": "T", "title": "U"}"#, "JSON-SYNTAX"), (#"{"title": "T",}"#, "JSON-SYNTAX"),
        (#"{"title": T}"#, "JSON-SYNTAX"),
        (#"{"title": "T"} x"#, "JSON-SYNTAX"), (#"["title"]"#, "PROFILE-VALUE"), ("", "JSON-SYNTAX"),
        (#"{"title": 01}"#, "JSON-SYNTAX"),
    ])
    func `mistakes in profile json are named`(text: String, code: String) {
        let found = diagnostic { try SampleProfile.make(profile: text) }

        #expect(found?.code == code)
        #expect(found?.location != nil || code == "ZONE-UNKNOWN")
        #expect(found?.fix.isEmpty == false)
    }

    @Test(arguments: [
        (#"{"fields": [{"name": "sku", "type": "uuid"}]}"#, "PROFILE-VALUE"),
        (#"{"fields": []}"#, "PROFILE-KEY-MISSING"),
        (#"{"fields": [{"name": "sku"}, {"name": "sku"}]}"#, "PROFILE-VALUE"),
        (#"{"fields": [{"name": "d", "type": "date", "format": "%d/%Q"}]}"#, "PROFILE-VALUE"),
        (#"{"fields": [{"name": "sku", "constraints": {"pattern": "(a+)+"}}]}"#, "PROFILE-PATTERN"),
        (#"{"fields": [{"name": "q", "type": "number", "constraints": {"minimum": "x"}}]}"#, "PROFILE-VALUE"),
        (#"{"fields": [{"name": "sku", "constraints": {"unique": true}}]}"#, "PROFILE-KEY-UNKNOWN"),
    ])
    func `S26 mistakes in schema json are named, dangerous patterns refused`(text: String, code: String) {
        let found = diagnostic { try SampleProfile.make(profile: #"{"title": "T"}"#, schema: text) }

        #expect(found?.code == code)
        #expect(found?.location?.file == "schema.json")
    }

    @Test(arguments: [
        (#"{"delimiter": ""}"#, "PROFILE-VALUE"), (#"{"delimiter": "€"}"#, "PROFILE-VALUE"),
        (#"{"delimiter": "\n"}"#, "PROFILE-VALUE"),
        (#"{"delimiter": "'", "quoteChar": "'"}"#, "PROFILE-VALUE"), (#"{"headerRows": [1, 3]}"#, "PROFILE-VALUE"),
        (#"{"delimeter": ";"}"#, "PROFILE-KEY-UNKNOWN"),
    ])
    func `mistakes in dialect json are named`(text: String, code: String) {
        #expect(diagnostic { try SampleProfile.make(dialect: text) }?.code == code)
    }

    @Test func `a dialect's words become bytes`() throws {
        let tab = try SampleProfile.make(dialect: #"{"delimiter": "\t", "quoteChar": null, "header": false}"#)
        let odd = try SampleProfile.make(
            dialect:
                #"{"delimiter": ";", "quoteChar": "'", "doubleQuote": false, "escapeChar": "\\", "skipInitialSpace": true}"#
        )

        #expect(tab.dialect.separator == 9)
        #expect(tab.dialect.quote == nil)
        #expect(tab.layout.headerRows == 0)
        #expect(
            odd.dialect
                == CSVDialect(
                    separator: 0x3B, quote: 0x27, isQuoteDoubled: false, escape: 0x5C, skipsInitialSpace: true))
    }

    @Test func `an unknown profile is answered with the nearest name`() {
        let found = diagnostic { try ProfileCatalogue(folder: ProjectFolder.profiles).profile(named: "sage50/stok") }

        #expect(found?.code == "PROFILE-UNKNOWN")
        #expect(found?.fix == "did you mean sage50/stock?")
        #expect(
            diagnostic { try ProfileCatalogue(folder: "/nonexistent").profile(named: "../../etc") }?.code
                == "PROFILE-UNKNOWN")
    }

    @Test(arguments: ["../stock", "stock/..", "./stock", "stock", "stock/", "/stock", "generic/../stock", ".hidden/stock"])
    func `a profile's name leads nowhere but into the catalogue's folder`(name: String) {
        // From in there the first of these names would reach a profile.
        #expect(
            diagnostic { try ProfileCatalogue(folder: "\(ProjectFolder.profiles)/generic/stock").profile(named: name) }?.code == "PROFILE-UNKNOWN")
        #expect(diagnostic { try ProfileCatalogue(folder: ProjectFolder.profiles).profile(named: name) }?.code == "PROFILE-UNKNOWN")
    }

    @Test func `a mapping to a column of another kind is refused before the first record`() throws {
        let profile = try SampleProfile.make(profile: #"{"title": "T", "fields": {"on_hand": {"column": "sku"}}}"#)

        #expect(diagnostic { try ReadFile(profile, "sku,qty\nA,1\n") }?.code == "PROFILE-FIELD-KIND")
    }

    @Test(arguments: [(#""a\u00e9\n\"b\"""#, "aé\n\"b\""), (#""plain""#, "plain"), ("-1.5", "-1.5"), ("true", "true")])
    func `JSON texts are decoded`(text: String, expected: String) throws {
        #expect(try JSONDocument.parse(Array(text.utf8), file: "x").scalar == expected)
    }

    @Test(arguments: 0..<30)
    func `damaged JSON never crashes the reader`(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        var bytes = try ProjectFolder.bytes(ProjectFolder.profiles + "/sage50/stock/profile.json")
        for _ in 0..<5 {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        bytes.removeLast(Int.random(in: 0..<bytes.count / 2, using: &generator))

        #expect(throws: Diagnostic.self) { try JSONDocument.parse(bytes, file: "x") }
    }
}
