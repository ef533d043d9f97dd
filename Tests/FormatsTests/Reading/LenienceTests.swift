import Domain
import Foundation
import TestKit
import Testing

@testable import Formats

/// No leniency of a profile may move a figure: a damaged row is right or rejected, and no other row changes.
struct LenienceTests {
    /// Tables of each leniency that has no number of its own below; `TALLYMAN_TABLES=10000` makes it more, for all of them.
    private static let wanted = ProcessInfo.processInfo.environment["TALLYMAN_TABLES"].flatMap { Int($0) }

    private static func style(_ change: (inout RandomTable.Style) -> Void) -> RandomTable.Style { Lenience.style(change) }

    /// Options that repair the shape of a row.
    static let shapes = [
        Lenience(tables: 10_000),
        Lenience(layout: #""trailing_separators": "reject""#),
        Lenience(layout: #""trailing_separators": "allow""#, style: style { $0.surplus = 1 }, tables: 10_000),
        Lenience(layout: #""trailing_separators": 2"#, style: style { $0.surplus = 2 }),
        Lenience(layout: #""trailing_separators": "allow""#, style: style { ($0.surplus, $0.headerSurplus) = (1, 1) }),
        Lenience(layout: #""short_rows": "allow""#, tables: 10_000),
        Lenience(layout: #""short_rows": "allow", "trailing_separators": "reject""#, style: style { $0.isTrimmed = true }, least: 0),
        Lenience(layout: #""stray_quotes": "literal""#, style: style { $0.hasInchMarks = true }, least: 0, tables: 10_000),
        Lenience(
            layout: #""stray_quotes": "literal", "short_rows": "allow""#,
            style: style { ($0.hasInchMarks, $0.surplus) = (true, 1) }, least: 0),
    ]

    /// Options that say how cells are told apart.
    static let dialects = [
        Lenience(style: style { $0.separator = "\t" }, dialect: #"{"delimiter": "\t", "skipInitialSpace": true}"#),
        Lenience(style: style { $0.isSpaced = true }, dialect: #"{"skipInitialSpace": true}"#),
        Lenience(style: style { $0.quote = "'" }, dialect: #"{"quoteChar": "'"}"#),
        Lenience(style: style { $0.escape = "\\" }, dialect: #"{"doubleQuote": false, "escapeChar": "\\"}"#),
        Lenience(
            layout: #""stray_quotes": "literal""#, style: style { ($0.quote, $0.separator) = ("'", ";") },
            dialect: #"{"quoteChar": "'", "delimiter": ";"}"#, least: 0),
        Lenience(layout: #""line_ends": "crlf""#, style: style { $0.lineEnd = "\r\n" }, least: 0),
        Lenience(layout: #""line_ends": "lf""#),
    ]

    /// Options that pass over lines, and those that say which lines are captions.
    static let lines = [
        Lenience(layout: #""repeated_header": "record""#, style: style { $0.separator = ";" }, dialect: #"{"delimiter": ";"}"#),
        Lenience(style: style { ($0.between, $0.texts) = ("# printed by hand", ["#4 screw"]) }, dialect: ##"{"commentChar": "#"}"##),
        Lenience(
            layout: #""page_titles": ["Stock List,,Page #"]"#, style: style { ($0.between, $0.texts) = ("Stock List,,Page 3", ["Stock List"]) }),
        Lenience(layout: #""preamble": 2"#, style: style { $0.above = ["Stock of all branches", "30/11/2026"] }),
        Lenience(layout: #""preamble": "until_blank""#, style: style { $0.above = ["Stock, \"all\" branches", ""] }),
        Lenience(layout: #""extra_header_rows": 1"#, style: style { $0.below = ["code,piece,piece"] }),
        Lenience(style: style { $0.group = "N" }, dialect: #"{"headerRows": [1, 2]}"#),
        Lenience(layout: #""caption_groups": "fill""#, style: style { $0.group = "N" }, dialect: #"{"headerRows": [1, 2]}"#),
        Lenience(style: style { $0.hasHeader = false }, dialect: #"{"header": false}"#),
        Lenience(style: style { $0.last = "END" }, rules: #""trailer": {"first_cell": "END"}"#),
        Lenience(style: style { $0.last = "Total of 30/11,#" }, rules: #""trailer": {"first_cell": "Total*", "count_cell": 2}"#),
        Lenience(style: style { $0.last = "end,#,rows" }, rules: #""trailer": {"count_cell": 2}"#),
        Lenience(style: style { $0.unknown = 1 }, rules: #""header": {"unknown": "allow", "order": "any"}"#),
        Lenience(
            layout: #""short_rows": "allow""#, style: style { ($0.unknown, $0.surplus) = (2, 1) }, rules: #""header": {"unknown": "allow"}"#),
        Lenience(rules: #""header": {"unknown": "refuse", "order": "declared"}"#),
    ]

    /// Options that read more than plain figures.
    static let figures = [
        Lenience(style: style { $0.figures = .trailingMinus }, rules: #""numbers": {"trailing_minus": true}"#),
        Lenience(style: style { $0.figures = .parentheses }, rules: #""numbers": {"parentheses": true}"#),
        Lenience(style: style { $0.figures = .floating }, rules: #""numbers": {"floating_point": true}"#),
        Lenience(style: style { $0.figures = .zeroWord }, rules: #""numbers": {"zero_values": ["-"]}"#),
        Lenience(
            layout: #""short_rows": "allow", "stray_quotes": "literal""#, style: style { $0.figures = .zeroWord },
            rules: #""numbers": {"zero_values": ["-"], "trailing_minus": true, "parentheses": true}"#, least: 0),
        Lenience(style: style { $0.figures = .grouped(",") }, number: #""groupChar": ",""#),
        Lenience(
            style: style { ($0.figures, $0.separator) = (.grouped(","), ";") }, dialect: #"{"delimiter": ";"}"#, number: #""groupChar": ",""#),
        Lenience(style: style { $0.figures = .grouped(" ") }, number: #""groupChar": " ""#),
        Lenience(style: style { $0.figures = .grouped("\u{A0}") }, number: "\"groupChar\": \"\u{A0}\""),
        Lenience(style: style { $0.figures = .grouped("'") }, number: #""groupChar": "'""#),
        Lenience(style: style { $0.figures = .currency }, number: #""bareNumber": false"#),
        Lenience(style: style { $0.figures = .decimalComma }, number: #""decimalChar": ",""#),
        Lenience(
            style: style { ($0.figures, $0.separator) = (.decimalComma, ";") }, dialect: #"{"delimiter": ";"}"#,
            number: #""decimalChar": ",", "groupChar": ".""#),
        Lenience(style: style { ($0.isPadded, $0.texts) = (true, ["n/a"]) }, schema: #""missingValues": ["", "n/a"]"#),
    ]

    static let all = shapes + dialects + lines + figures

    @Test(arguments: all)
    func `in 10,000 tables with one damaged row it is right or rejected and no other row changes`(lenience: Lenience) async throws {
        var lenience = lenience
        lenience.tables = Self.wanted ?? min(lenience.tables, 10_000)
        let faults = try await lenience.faults()
        let kinds = Dictionary(grouping: faults) { $0.split(separator: " ")[2] }.mapValues(\.count)
        #expect(faults.isEmpty, "\(kinds), such as \(faults.prefix(4).joined(separator: "\n"))")
    }

    @Test(arguments: all)
    func `undamaged tables of many rows are read whole`(lenience: Lenience) throws {
        let shapes = try lenience.shapes()
        var whole = 0
        var rows = (read: 0, all: 0)
        for seed in 0..<200 {
            var generator = SeededRandom(seed: UInt64(seed))
            let shape = shapes[seed % shapes.count]
            let table = RandomTable(columns: shape.columns, rows: 12, style: lenience.style, using: &generator)
            let file = try ReadFile(shape.profile, Array(table.text().utf8), fields: shape.fields)
            // A line end inside a mapped text is refused for another reason.
            let rejected = file.codes.filter { $0 != "CONTROL-CHARACTER" }
            rows = (rows.read + file.good.count, rows.all + 12)
            if rejected.isEmpty { whole += 1 }
            for cells in Lenience.read(table, table.lines, shape)?.good ?? [] {
                #expect(table.lines.indices.contains { Lenience.truth(table, $0, shape) == cells }, "\(cells) of \(table.text())")
            }
        }
        #expect(whole >= lenience.least * 2, "\(whole) of 200 tables, \(rows.read) of \(rows.all) rows")
        #expect(rows.read * 100 >= rows.all * 30, "\(rows.read) of \(rows.all) rows")
    }

    /// Options of a profile that read no row in another way, each with the reason.
    private static let others = [
        "max_record_bytes": "a limit", "lineTerminator": "not obeyed", "headerJoin": "words of captions", "aliases": "words of captions",
        "count_column": "XML and lines of kinds", "name": "a name", "type": "a type", "format": "a form of dates", "trueValues": "words",
        "falseValues": "words", "personal": "a class of people", "required": "a limit", "minimum": "a limit", "maximum": "a limit",
        "minLength": "a limit", "maxLength": "a limit", "enum": "a limit", "pattern": "a limit", "constraints": "limits",
    ]

    @Test func `each option of a table's profile has tables of its own, or is named as one that reads no row in another way`() throws {
        var options: Set<String> = []
        for file in ["Layout", "DialectFile", "HeaderRules", "PageTitles", "SchemaColumn", "TableSchema"] {
            let source = String(decoding: try ProjectFolder.bytes(ProjectFolder.root + "Sources/Formats/Profiles/\(file).swift"), as: UTF8.self)
            for match in source.matches(of: #/reader\.(?:text|texts|byte|flag|choice|integer|entries|object|required)\("([A-Za-z_]+)"/#) {
                options.insert(String(match.1))
            }
            for match in source.matches(of: #/decimal\("([a-z]+)"/#) { options.insert(String(match.1)) }
        }
        let texts = Self.all.map { [$0.layout, $0.dialect, $0.rules, $0.number, $0.schema].joined() }
        let shown = options.filter { option in texts.contains { $0.contains("\"\(option)\"") } }

        #expect(shown.count >= 20, "\(shown)")
        #expect(options.subtracting(shown).subtracting(Self.others.keys).isEmpty)
        #expect(Set(Self.others.keys).isSubset(of: options), "\(Set(Self.others.keys).subtracting(options))")
    }
}
