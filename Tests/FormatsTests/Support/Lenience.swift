import Domain
import TestKit
import Testing

@testable import Formats

/// One way in which a profile reads more than the strictest one, and the tables that it is meant for.
struct Lenience: Sendable, CustomTestStringConvertible {
    var layout = ""
    var style = RandomTable.Style()
    var dialect = "{}"
    /// Further members of profile.json, such as `"numbers": {…}`.
    var rules = ""
    /// Further members of each number's column in schema.json.
    var number = ""
    /// Further members of schema.json.
    var schema = ""
    /// Of undamaged tables, these parts of a hundred must be read whole.
    var least = 100
    var tables = 1000

    var testDescription: String {
        [layout, dialect == "{}" ? "" : dialect, rules, number, schema].filter { !$0.isEmpty }.joined(separator: ", ") + " surplus \(style.surplus)"
    }

    static func style(_ change: (inout RandomTable.Style) -> Void) -> RandomTable.Style {
        var style = RandomTable.Style()
        change(&style)
        return style
    }

    /// Some kinds of columns, with their profile.
    struct Shape: Sendable {
        var columns: [RandomTable.Column]
        var profile: Profile
        var fields: [EntityField]
        /// How many columns the profile does not know.
        var unknown = 0
    }

    func shapes() throws -> [Shape] {
        var generator = SeededRandom(seed: 7)
        let fixed: [[RandomTable.Column]] = [
            [.text, .number, .number, .spareWord], [.text, .word, .number, .spareNumber], [.number, .date], [.text, .text, .number, .text],
            [.number, .number, .number],
        ]
        let random = (0..<7).map { _ in
            (0..<Int.random(in: 1...6, using: &generator)).map { _ in RandomTable.Column.allCases.randomElement(using: &generator) ?? .text }
        }
        return try (fixed + random).map { try shape($0) }
    }

    private func shape(_ columns: [RandomTable.Column]) throws -> Shape {
        // A table of which nothing but the key is known says nothing.
        let unknown = max(0, min(style.unknown, columns.count - 1))
        var fields = [EntityField("sku", .text, "")]
        var mapping = [#""sku": {"column": "key", "blank": "reject"}"#]
        var schema = [#"{"name": "key"}"#]
        for (index, column) in columns.dropLast(unknown).enumerated() {
            let hasGroup = style.group != nil && (index == 0 || layout.contains("fill"))
            let name = (hasGroup ? "\(style.group ?? "") " : "") + "c\(index + 1)"
            let (kind, type): (EntityField.Kind, String) =
                switch column {
                case .text, .word, .spareWord: (.text, "string")
                case .number, .spareNumber: (.decimal, "number")
                case .date: (.instant, "date")
                }
            fields.append(EntityField("attribute.c\(index + 1)", kind, "", isCode: column == .word || column == .spareWord))
            let isSpare = column == .spareNumber || column == .spareWord || column == .text
            mapping.append(
                #""attribute.c\#(index + 1)": {"column": "\#(name)", \#(isSpare ? #""optional": true"# : #""blank": "reject""#)}"#)
            schema.append(#"{"name": "\#(name)", "type": "\#(type)"\#(type == "number" && !number.isEmpty ? ", " + number : "")}"#)
        }
        let profile = try SampleProfile.make(
            profile:
                #"{"title": "T", "layout": {\#(layout)}, "fields": {\#(mapping.joined(separator: ", "))}\#(rules.isEmpty ? "" : ", " + rules)}"#,
            schema: #"{"fields": [\#(schema.joined(separator: ", "))]\#(self.schema.isEmpty ? "" : ", " + self.schema)}"#, dialect: dialect)
        return Shape(columns: columns, profile: profile, fields: fields, unknown: unknown)
    }

    /// What each good record says of the columns that are not free text, and the keys of all records.
    static func read(_ table: RandomTable, _ lines: [String], _ shape: Shape) -> (good: [[String?]], keys: Set<String>)? {
        guard let file = try? ReadFile(shape.profile, Array(table.text(lines).utf8), fields: shape.fields, bufferSize: 2048) else { return nil }
        let good = file.good.map { record in zip(record.rows[0], 0...).map { plain($0, isText: $1 > 0 && shape.columns[$1 - 1] == .text) } }
        return (good, Set(file.records.map { $0.rows[0][0].filter { $0 != "\"" && $0 != table.style.quote } }))
    }

    private static func plain(_ cell: String, isText: Bool) -> String? {
        if isText { return nil }
        if cell == "blank" || cell == "absent" { return "" }
        let value = cell.drop { $0 != ":" }.dropFirst()
        return cell.hasPrefix("instant:") ? String(value.prefix(10)) : String(value)
    }

    static func truth(_ table: RandomTable, _ row: Int, _ shape: Shape) -> [String?] {
        zip(table.cells[row].dropLast(shape.unknown), 0...).map { $1 > 0 && table.columns[$1 - 1] == .text ? nil : $0 }
    }

    /// What the table of this seed says wrongly once one of its rows is damaged; `nil` where nothing is wrong.
    func fault(seed: UInt64, _ shapes: [Shape]) -> String? {
        var generator = SeededRandom(seed: seed)
        let shape = shapes[Int(seed) % shapes.count]
        let table = RandomTable(columns: shape.columns, rows: Int.random(in: 2...6, using: &generator), style: style, using: &generator)
        let damaged = Int.random(in: 0..<table.lines.count, using: &generator)
        let kind = RowDamage.allCases[Int(seed / 12) % RowDamage.allCases.count]
        // Of two or three rows, the halves of one are no minority.
        if kind == .lineEndAdded, table.lines.count < 4 { return nil }
        guard
            let lines = kind.applied(
                to: table.lines, at: damaged, separator: style.separator, quotes: [style.quote] + (style.escape.map { [$0] } ?? []),
                using: &generator),
            let found = Self.read(table, lines, shape)
        else { return nil }
        // Where rows differ in length, only a table whose rows are certain tells what damage does.
        if style.isTrimmed, Self.read(table, table.lines, shape)?.good.count != table.lines.count { return nil }
        for cells in found.good where !table.lines.indices.contains(where: { Self.truth(table, $0, shape) == cells }) {
            return "seed \(seed) \(kind): \(table.lines[damaged]) became \(lines[damaged]) in \(table.text(lines).debugDescription) and gave \(cells)"
        }
        guard kind != .lineEndLost else { return nil }
        for row in table.lines.indices where row != damaged && !found.keys.contains("text:K\(row + 1)") {
            return "seed \(seed) \(kind): row \(row + 1) vanished from \(table.text(lines).debugDescription)"
        }
        return nil
    }

    func faults() async throws -> [String] {
        let shapes = try shapes()
        let tables = tables
        return await withTaskGroup(of: [String].self) { group in
            for part in 0..<4 {
                group.addTask { stride(from: part, to: tables, by: 4).compactMap { fault(seed: UInt64($0), shapes) } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }
}
