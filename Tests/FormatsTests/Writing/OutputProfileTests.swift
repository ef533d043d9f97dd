import Domain
import Foundation
import TestKit
import Testing

@testable import Formats

struct OutputProfileTests {
    private static func profile(_ text: String) throws -> OutputProfile {
        try OutputProfile(name: "test", node: JSONDocument.parse(Array(text.utf8), file: "output.json"), folder: "")
    }

    private static func rows(_ cells: String, _ more: String = "") throws -> OutputProfile {
        try profile("{\"title\": \"t\", \"format\": \"rows\", \"header\": false\(more), \"rows\": [{\"for\": \"document\", \"cells\": [\(cells)]}]}")
    }

    private static func document(_ values: [String: DocumentValue]) -> MadeDocument {
        MadeDocument(record: DocumentRecord(values), summary: "", total: 1)
    }

    private static func write(_ profile: OutputProfile, _ values: [String: DocumentValue]) throws -> String {
        let file = try DocumentWriter(profile, zoneName: "Europe/London").write(
            [document(values)], OutputBatch(name: "F", sequence: 7, created: UTCInstant(seconds: 1_782_000_000)))
        return profile.encoding.decode(file.bytes)
    }

    private static func refusal(_ profile: OutputProfile, _ values: [String: DocumentValue]) -> RejectReason? {
        do {
            _ = try DocumentWriter(profile, zoneName: "Europe/London").check(document(values))
            return nil
        } catch { return error.reason }
    }

    @Test func `D10 what is longer than the field is refused, or cut and told`() throws {
        let refusing = try Self.rows("{\"value\": \"a\", \"length\": 3}")
        let cutting = try Self.rows("{\"value\": \"a\", \"length\": 3, \"over\": \"truncate\"}")

        #expect(Self.refusal(refusing, ["a": .text("abcd")])?.code == "FIELD-LENGTH")
        #expect(Self.refusal(refusing, ["a": .text("abcd")])?.column == "a")
        #expect(try Self.write(cutting, ["a": .text("äbcd")]) == "äbc\r\n")
        let notes = try DocumentWriter(cutting, zoneName: "UTC").check(Self.document(["a": .text("abcd")]))
        #expect(notes == ["a cut from 4 to 3 characters"])
    }

    @Test func `D10 what the encoding does not have is refused, or replaced and told`() throws {
        let refusing = try Self.rows("{\"value\": \"a\"}", ", \"encoding\": \"windows-1252\"")
        let replacing = try Self.rows("{\"value\": \"a\"}", ", \"encoding\": \"windows-1252\", \"unencodable\": \"replace\"")

        #expect(Self.refusal(refusing, ["a": .text("Łódź")])?.code == "FIELD-ENCODING")
        #expect(try Self.write(refusing, ["a": .text("£5 Müller’s")]) == "£5 Müller’s\r\n")
        #expect(try Self.write(replacing, ["a": .text("Łódź")]) == "?ód?\r\n")
    }

    @Test func `numbers keep every digit, or are rounded where the profile says so`() throws {
        let value: [String: DocumentValue] = ["a": .number(ExactDecimal(coefficient: 12345, scale: 4) ?? 0)]

        #expect(try Self.write(try Self.rows("{\"value\": \"a\"}"), value) == "1.2345\r\n")
        #expect(Self.refusal(try Self.rows("{\"value\": \"a\", \"decimals\": 2}"), value)?.code == "FIELD-DECIMALS")
        #expect(try Self.write(try Self.rows("{\"value\": \"a\", \"decimals\": 2, \"round\": true}"), value) == "1.23\r\n")
        #expect(try Self.write(try Self.rows("{\"value\": \"a\", \"decimals\": 2}"), ["a": .number(7)]) == "7.00\r\n")
    }

    @Test func `instants are written in the ERP's time zone`() throws {
        let summer: [String: DocumentValue] = ["a": .instant(UTCInstant(seconds: 1_782_000_000))]

        #expect(try Self.write(try Self.rows("{\"value\": \"a\", \"date\": \"%d/%m/%Y %H:%M:%S\"}"), summer) == "21/06/2026 01:00:00\r\n")
        #expect(try Self.write(try Self.rows("{\"value\": \"a\", \"date\": \"%y%m%d %z\"}"), summer) == "260621 +01:00\r\n")
    }

    @Test func `line ends stay in quotes, or become one blank for readers of lines`() throws {
        let value: [String: DocumentValue] = ["a": .text("one\r\ntwo")]

        #expect(try Self.write(try Self.rows("{\"value\": \"a\"}"), value) == "\"one\r\ntwo\"\r\n")
        #expect(try Self.write(try Self.rows("{\"value\": \"a\"}", ", \"line_breaks\": \"blank\""), value) == "one two\r\n")
        #expect(Self.refusal(try Self.rows("{\"value\": \"a\"}"), ["a": .text("a\u{0}b")])?.code == "FIELD-CHARACTER")
    }

    @Test(arguments: ["=cmd|'x'!A1", "+1+1", "@SUM(1)", "'quoted", "-5", "plain", "", "＝x"])
    func `S10 formulas are made harmless so that taking one apostrophe away gives the value back`(value: String) throws {
        let profile = try Self.rows("{\"value\": \"a\"}, {\"text\": \"x\"}", ", \"formulas\": \"apostrophe\"")

        let cell = try #require(try Self.write(profile, ["a": .text(value)]).components(separatedBy: ",").first)

        #expect((cell.hasPrefix("'") ? String(cell.dropFirst()) : cell) == value)
        if value.hasPrefix("=") || value.hasPrefix("@") { #expect(cell.hasPrefix("'")) }
    }

    @Test func `a required field that is empty is refused by name, and a default stands in for others`() throws {
        #expect(Self.refusal(try Self.rows("{\"value\": \"a\", \"caption\": \"Account\", \"required\": true}"), [:])?.column == "Account")
        #expect(try Self.write(try Self.rows("{\"value\": \"a\", \"default\": \"WEB\"}, {\"value\": \"batch.sequence\"}"), [:]) == "WEB,7\r\n")
    }

    @Test func `an element without content is left out, with its parents; a group repeats it`() throws {
        let profile = try Self.profile(
            """
            {"title": "t", "format": "xml", "root": {"name": "O", "children": [
              {"name": "Empty", "children": [{"name": "A", "value": "none"}]}, {"name": "Kept", "keep": true, "value": "none"},
              {"name": "When", "when": "none", "text": "x"},
              {"name": "L", "each": "lines", "attributes": {"n": {"value": "n"}}, "children": [{"name": "Q", "value": "q"}]}]}}
            """)
        let lines = [DocumentRecord(["n": .text("1"), "q": .text("<&>")]), DocumentRecord(["n": .text("2"), "q": .text("b")])]
        let made = MadeDocument(record: DocumentRecord([:], groups: ["lines": lines]), summary: "", total: 1)

        let file = try DocumentWriter(profile, zoneName: "UTC").write([made], OutputBatch(name: "", sequence: 1, created: UTCInstant(seconds: 0)))

        let text = String(decoding: file.bytes, as: UTF8.self).replacing("\n", with: "").replacing("  ", with: "")
        #expect(text.hasSuffix("<O><Kept/><L n=\"1\"><Q>&lt;&amp;&gt;</Q></L><L n=\"2\"><Q>b</Q></L></O>"), "\(text)")
        #expect(profile.holdsOneDocument)
    }

    @Test func `each document's bytes are where the file says, in rows and elements`() throws {
        let rows = try Self.profile(
            """
            {"title": "t", "format": "rows", "header": true, "rows": [{"for": "start", "cells": [{"text": "F"}]},
              {"for": "document", "cells": [{"value": "a"}]}, {"for": "end", "cells": [{"text": "T"}, {"value": "batch.rows"}]}]}
            """)
        let xml = try Self.profile(
            """
            {"title": "t", "format": "xml", "root": {"name": "R", "children": [{"name": "D", "each": "documents", "children": [{"name": "A", "value": "a"}]}]}}
            """)
        for profile in [rows, xml] {
            let file = try DocumentWriter(profile, zoneName: "UTC").write(
                [Self.document(["a": .text("one")]), Self.document(["a": .text("t\r\nwo")]), Self.document(["a": .text("three")])],
                OutputBatch(name: "", sequence: 1, created: UTCInstant(seconds: 0)))
            let pieces = file.places.map { String(decoding: file.bytes[$0.offset..<$0.offset + $0.length], as: UTF8.self) }
            #expect(pieces.count == 3)
            #expect(pieces[0].contains("one") && !pieces[0].contains("wo"))
            #expect(pieces[1].contains("wo") && !pieces[1].contains("three"))
            #expect(pieces[2].contains("three"))
            for place in file.places {
                #expect(file.bytes[..<place.offset].count { $0 == 0x0A } + 1 == place.line || profile.holdsOneDocument || xml.name == profile.name)
            }
        }
        let text = String(
            decoding: try DocumentWriter(rows, zoneName: "UTC").write(
                [Self.document(["a": .text("x")])], OutputBatch(name: "", sequence: 1, created: UTCInstant(seconds: 0))
            ).bytes, as: UTF8.self)
        #expect(text == "a\r\nF\r\nx\r\nT,3\r\n")
    }

    @Test func `a mistake in an output profile is shown at its place`() {
        for (text, code) in [
            ("{\"title\": \"t\", \"format\": \"rows\", \"rows\": []}", "PROFILE-VALUE"),
            ("{\"title\": \"t\"}", "PROFILE-KEY-MISSING"),
            ("{\"title\": \"t\", \"format\": \"rows\", \"rows\": [{\"for\": \"document\", \"cells\": [{\"caption\": \"a\"}]}]}", "PROFILE-VALUE"),
            (
                "{\"title\": \"t\", \"format\": \"rows\", \"rows\": [{\"for\": \"document\", \"cells\": [{\"value\": \"a\", \"lenght\": 3}]}]}",
                "PROFILE-KEY-UNKNOWN"
            ),
            ("{\"title\": \"t\", \"format\": \"xml\", \"root\": {\"name\": \"1\", \"text\": \"x\"}}", "PROFILE-VALUE"),
        ] {
            let fault = #expect(throws: Diagnostic.self) { try Self.profile(text) }
            #expect(fault?.code == code, "\(text)")
        }
    }

    @Test(arguments: OutputProfile.names(in: "\(ProjectFolder.root)/Schemas/profiles"))
    func `every shipped output profile loads`(name: String) throws {
        let profile = try OutputProfile.load(name, from: "\(ProjectFolder.root)/Schemas/profiles")
        #expect(profile.name == name)
    }

    @Test func `what a cell holds otherwise than the shop is told, and a letter with its accent behind it is the one letter that it is`() throws {
        let latin = try Self.rows("{\"value\": \"a\", \"length\": 4}", ", \"encoding\": \"windows-1252\"")
        let flat = try Self.rows("{\"value\": \"a\"}", ", \"line_breaks\": \"blank\"")
        let rounded = try Self.rows("{\"value\": \"a\", \"decimals\": 2, \"round\": true}")
        func notes(_ profile: OutputProfile, _ value: DocumentValue) throws -> [String] {
            try DocumentWriter(profile, zoneName: "UTC").check(Self.document(["a": value]))
        }

        #expect(try Self.write(latin, ["a": .text("Cafe\u{301}")]) == "Café\r\n")
        #expect(try notes(flat, .text("one\rtwo")) == ["a: line breaks became blanks"])
        #expect(try Self.write(flat, ["a": .text("one\rtwo")]) == "one two\r\n")
        #expect(try notes(rounded, .number(ExactDecimal(coefficient: 12345, scale: 4) ?? 0)) == ["a: 1.2345 rounded to 2 decimals"])
    }

    @Test func `a separator or line break that a file without quotes cannot hold is told, cell by cell`() throws {
        let bare = try Self.rows("{\"value\": \"a\"}", ", \"dialect\": {\"delimiter\": \"|\", \"quoteChar\": \"\"}")
        func notes(_ text: String) throws -> [String] { try DocumentWriter(bare, zoneName: "UTC").check(Self.document(["a": .text(text)])) }

        for text in ["x|y", "x\ny", "x\ry"] {
            #expect(try notes(text) == ["a: separators and line breaks became blanks, because the file has no quotes"])
        }
        #expect(try notes("x, y").isEmpty)
        #expect(try Self.write(bare, ["a": .text("x|y")]) == "x y\r\n")
    }

    @Test func `a street's line that the file has no place for is told`() throws {
        let two = try Self.rows("{\"value\": \"billing.street1\"}, {\"value\": \"billing.street2\"}")
        let rest = try Self.rows("{\"value\": \"billing.street1\"}, {\"value\": \"billing.street_from2\"}")
        let none = try Self.rows("{\"value\": \"number\"}")
        let values = ["billing.street1": "Mill", "billing.street2": "Yard 4", "billing.street3": "Door B"].mapValues { DocumentValue.text($0) }
        func notes(_ profile: OutputProfile) throws -> [String] { try DocumentWriter(profile, zoneName: "UTC").check(Self.document(values)) }

        #expect(try notes(two) == ["billing.street3 Door B has no place in the file"])
        #expect(try notes(rest).isEmpty && notes(none).isEmpty)
    }
}
