import Domain
import TestKit
import Testing

@testable import Formats

/// No leniency of a layout may move a figure: a damaged row is right or rejected, and no other row changes.
struct LenienceTests {
    /// A layout, and the tables that it is meant for.
    struct Lenience: Sendable, CustomTestStringConvertible {
        var layout: String
        var style = RandomTable.Style()
        var dialect = "{}"
        /// Of undamaged tables, these parts of a hundred must be read whole.
        var least = 100
        var tables = 1000

        var testDescription: String { layout + " surplus \(style.surplus)" }
    }

    private static func style(_ change: (inout RandomTable.Style) -> Void) -> RandomTable.Style {
        var style = RandomTable.Style()
        change(&style)
        return style
    }

    static let leniences = [
        Lenience(layout: "", tables: 10_000),
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
        Lenience(layout: #""repeated_header": "record""#, style: style { $0.separator = ";" }, dialect: #"{"delimiter": ";"}"#),
        Lenience(layout: "", style: style { $0.separator = "\t" }, dialect: #"{"delimiter": "\t", "skipInitialSpace": true}"#),
    ]

    /// Some of the tables' kinds of columns, each with its profile.
    private struct Shape {
        var columns: [RandomTable.Column]
        var profile: Profile
        var fields: [EntityField]
    }

    private static func shapes(_ lenience: Lenience) throws -> [Shape] {
        var generator = SeededRandom(seed: 7)
        let fixed: [[RandomTable.Column]] = [
            [.text, .number, .number, .spareWord], [.text, .word, .number, .spareNumber], [.number, .date], [.text, .text, .number, .text],
            [.number, .number, .number],
        ]
        let random = (0..<7).map { _ in
            (0..<Int.random(in: 1...6, using: &generator)).map { _ in RandomTable.Column.allCases.randomElement(using: &generator) ?? .text }
        }
        return try (fixed + random).map { columns in
            var fields = [EntityField("sku", .text, "")]
            var mapping = [#""sku": {"column": "key", "blank": "reject"}"#]
            var schema = [#"{"name": "key"}"#]
            for (index, column) in columns.enumerated() {
                let name = "c\(index + 1)"
                let (kind, type): (EntityField.Kind, String) =
                    switch column {
                    case .text, .word, .spareWord: (.text, "string")
                    case .number, .spareNumber: (.decimal, "number")
                    case .date: (.instant, "date")
                    }
                fields.append(EntityField("attribute." + name, kind, "", isCode: column == .word || column == .spareWord))
                let isSpare = column == .spareNumber || column == .spareWord || column == .text
                mapping.append(#""attribute.\#(name)": {"column": "\#(name)", \#(isSpare ? #""optional": true"# : #""blank": "reject""#)}"#)
                schema.append(#"{"name": "\#(name)", "type": "\#(type)"}"#)
            }
            let profile = try SampleProfile.make(
                profile: #"{"title": "T", "layout": {\#(lenience.layout)}, "fields": {\#(mapping.joined(separator: ", "))}}"#,
                schema: #"{"fields": [\#(schema.joined(separator: ", "))]}"#, dialect: lenience.dialect)
            return Shape(columns: columns, profile: profile, fields: fields)
        }
    }

    /// What each good record says of the columns that are not free text, by its key.
    private static func read(_ table: RandomTable, _ lines: [String], _ shape: Shape) -> (good: [[String?]], keys: Set<String>)? {
        guard let file = try? ReadFile(shape.profile, Array(table.text(lines).utf8), fields: shape.fields, bufferSize: 2048) else { return nil }
        let good = file.good.map { record in zip(record.rows[0], 0...).map { plain($0, isText: $1 > 0 && shape.columns[$1 - 1] == .text) } }
        return (good, Set(file.records.map { $0.rows[0][0].filter { $0 != "\"" } }))
    }

    private static func plain(_ cell: String, isText: Bool) -> String? {
        if isText { return nil }
        if cell == "blank" || cell == "absent" { return "" }
        let value = cell.drop { $0 != ":" }.dropFirst()
        return cell.hasPrefix("instant:") ? String(value.prefix(10)) : String(value)
    }

    private static func truth(_ table: RandomTable, _ row: Int) -> [String?] {
        zip(table.cells[row], 0...).map { $1 > 0 && table.columns[$1 - 1] == .text ? nil : $0 }
    }

    @Test(arguments: leniences)
    func `in 10,000 tables with one damaged row it is right or rejected and no other row changes`(lenience: Lenience) async throws {
        let shapes = try Self.shapes(lenience)
        let faults = await withTaskGroup(of: [String].self) { group in
            for part in 0..<4 {
                group.addTask { stride(from: part, to: lenience.tables, by: 4).compactMap { Self.fault(seed: UInt64($0), lenience, shapes) } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let kinds = Dictionary(grouping: faults) { $0.split(separator: " ")[2] }.mapValues(\.count)
        #expect(faults.isEmpty, "\(kinds), such as \(faults.prefix(4).joined(separator: "\n"))")
    }

    private static func fault(seed: UInt64, _ lenience: Lenience, _ shapes: [Shape]) -> String? {
        var generator = SeededRandom(seed: seed)
        let shape = shapes[Int(seed) % shapes.count]
        let table = RandomTable(
            columns: shape.columns, rows: Int.random(in: 2...6, using: &generator), style: lenience.style, using: &generator)
        let damaged = Int.random(in: 0..<table.lines.count, using: &generator)
        let kind = RowDamage.allCases[Int(seed / 12) % RowDamage.allCases.count]
        // Of two or three rows, the halves of one are no minority.
        if kind == .lineEndAdded, table.lines.count < 4 { return nil }
        guard
            let lines = kind.applied(to: table.lines, at: damaged, separator: lenience.style.separator, using: &generator),
            let found = read(table, lines, shape)
        else { return nil }
        // Where rows differ in length, only a table whose rows are certain tells what damage does.
        if lenience.style.isTrimmed, read(table, table.lines, shape)?.good.count != table.lines.count { return nil }
        for cells in found.good where !table.lines.indices.contains(where: { truth(table, $0) == cells }) {
            return "seed \(seed) \(kind): \(table.lines[damaged]) became \(lines[damaged]) in \(table.text(lines).debugDescription) and gave \(cells)"
        }
        guard kind != .lineEndLost else { return nil }
        for row in table.lines.indices where row != damaged && !found.keys.contains("text:K\(row + 1)") {
            return "seed \(seed) \(kind): row \(row + 1) vanished from \(table.text(lines).debugDescription)"
        }
        return nil
    }

    @Test(arguments: leniences)
    func `undamaged tables of many rows are read whole`(lenience: Lenience) throws {
        let shapes = try Self.shapes(lenience)
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
            for cells in Self.read(table, table.lines, shape)?.good ?? [] {
                #expect(table.lines.indices.contains { Self.truth(table, $0) == cells })
            }
        }
        #expect(whole >= lenience.least * 2, "\(whole) of 200 tables, \(rows.read) of \(rows.all) rows")
        #expect(rows.read * 100 >= rows.all * 30, "\(rows.read) of \(rows.all) rows")
    }
}
