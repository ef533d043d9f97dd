import Domain
import Foundation
import TestKit
import Testing

@testable import Formats

/// The table of polluted files in docs/testing.md, made anew and compared.
struct PollutionTests {
    private struct Count {
        var files = 0
        var refused = 0
        var right = 0
        var rejected = 0
        var wrong = 0
    }

    private static let columns: [RandomTable.Column] = [.text, .word, .number, .spareNumber, .date]
    private static let layouts = [
        ("strict", #""trailing_separators": "reject""#), ("as shipped", ""), ("short rows", #""short_rows": "allow""#),
        ("literal quotes", #""stray_quotes": "literal""#), ("all of them", #""short_rows": "allow", "stray_quotes": "literal""#),
    ]
    private static let fields = [
        EntityField("sku", .text, ""), EntityField("attribute.c1", .text, "", isCode: false), EntityField("attribute.c2", .text, ""),
        EntityField("attribute.c3", .decimal, ""), EntityField("attribute.c4", .decimal, ""), EntityField("attribute.c5", .instant, ""),
    ]

    private static func profile(_ layout: String) throws -> Profile {
        try SampleProfile.make(
            profile:
                #"{"title": "T", "layout": {\#(layout)}, "fields": {"sku": {"column": "key", "blank": "reject"}, "attribute.c1": {"column": "c1"}, "attribute.c2": {"column": "c2", "blank": "reject"}, "attribute.c3": {"column": "c3", "blank": "reject"}, "attribute.c4": {"column": "c4"}, "attribute.c5": {"column": "c5", "optional": true}}}"#,
            schema:
                #"{"fields": [{"name": "key"}, {"name": "c1"}, {"name": "c2"}, {"name": "c3", "type": "number"}, {"name": "c4", "type": "number"}, {"name": "c5", "type": "date"}]}"#
        )
    }

    private static func plain(_ cell: String) -> String {
        if cell == "blank" || cell == "absent" { return "" }
        let value = cell.drop { $0 != ":" }.dropFirst()
        return cell.hasPrefix("instant:") ? String(value.prefix(10)) : String(value)
    }

    /// All files of one kind with one layout.
    private static func count(_ kind: Pollution, _ profile: Profile) -> Count {
        var count = Count()
        for seed in 0..<100 {
            var generator = SeededRandom(seed: UInt64(seed))
            let table = RandomTable(columns: columns, rows: 12, style: RandomTable.Style(), using: &generator)
            guard let text = kind.applied(to: table, using: &generator) else { continue }
            count.files += 1
            guard let file = try? ReadFile(profile, Array(text.utf8), fields: fields, bufferSize: 4096) else {
                count.refused += 1
                continue
            }
            let truth = Set(table.cells.map { [$0[0]] + $0[2...] })
            var seen: Set<[String]> = []
            for record in file.good {
                let cells = record.rows[0].map(plain)
                let facts = [cells[0]] + cells[2...]
                // Rows of the second table are rows of the first once more: seen twice, they were read under the wrong header.
                if truth.contains(facts), seen.insert(facts).inserted { count.right += 1 } else { count.wrong += 1 }
            }
            count.rejected += file.rejected.count
        }
        return count
    }

    @Test func `of polluted files no row passes wrong, and the documented table is what comes out`() throws {
        var lines = ["| pollution | layout | files | refused | rows right | rejected | wrong |", "| --- | --- | --: | --: | --: | --: | --: |"]
        for kind in Pollution.allCases {
            for (name, layout) in Self.layouts {
                let count = try Self.count(kind, Self.profile(layout))
                #expect(count.wrong == 0, "\(kind.rawValue), \(name)")
                #expect(count.files > 20)
                lines.append(
                    "| \(kind.rawValue) | \(name) | \(count.files) | \(count.refused) | \(count.right) | \(count.rejected) | \(count.wrong) |")
            }
        }
        let path = ProjectFolder.root + "docs/testing.md"
        let document = String(decoding: try ProjectFolder.bytes(path), as: UTF8.self)
        let start = try #require(document.range(of: "<!-- polluted files: start -->\n"))
        let end = try #require(document.range(of: "<!-- polluted files: end -->"))
        let table = lines.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["GOLDEN"] == "write" {
            try Data((document[..<start.upperBound] + table + document[end.lowerBound...]).utf8).write(to: URL(filePath: path))
        } else {
            #expect(document[start.upperBound..<end.lowerBound] == table, "make golden writes it anew")
        }
    }
}
