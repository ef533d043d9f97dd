import Domain
import TestKit
import Testing

@testable import Formats

/// What the leniences of the shipped Sage 50 profiles make of damaged rows.
struct ShippedLenienceTests {
    static let profiles = Guesses.fixtures.filter { $0.hasPrefix("sage50/") }

    /// The codes, figures, dates and words of a record; not its free texts.
    private static func facts(_ record: ReadFile.Record, _ fields: [EntityField]) -> [String] {
        record.rows.flatMap { row in zip(row, fields).filter { $1.kind != .text || $1.isCode }.map { $0.0 == "absent" ? "blank" : $0.0 } }
    }

    @Test(arguments: profiles)
    func `in tables of a shipped profile a damaged row is right or rejected and no other row changes`(name: String) throws {
        let profile = try SampleProfile.shipped(name)
        let fields = profile.mappedFields.map { FieldVocabulary.entityField($0) }
        let bytes = try Guesses.fixture(name)
        // One character for each byte, whatever the encoding.
        let text = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        let (header, samples) = (lines[0], Array(lines.dropFirst()))
        func read(_ lines: [String]) throws -> ReadFile {
            let text = ([header] + lines).joined(separator: "\n") + "\n"
            return try ReadFile(profile, text.unicodeScalars.map { UInt8($0.value) }, fields: fields, bufferSize: 4096)
        }
        // One row at a time tells what it says; rows that are not accepted undamaged are no part of a good table.
        let good = try samples.filter { try read([$0, $0, $0]).good.count == 3 }
        let truth = try Set(good.map { Self.facts(try read([$0, $0, $0]).good[0], fields) })
        #expect(good.count > 0)

        let separator = Character(UnicodeScalar(profile.dialect.separator))
        let kinds: [RowDamage] = [.separatorLost, .separatorAdded, .quoteLost, .quoteAdded, .lineEndLost]
        var accepted = 0
        for seed in 0..<10_000 / Self.profiles.count + 1 {
            var generator = SeededRandom(seed: UInt64(seed))
            let rows = (0..<Int.random(in: 3...5, using: &generator)).compactMap { _ in good.randomElement(using: &generator) }
            let damaged = Int.random(in: 0..<rows.count, using: &generator)
            let kind = kinds[seed % kinds.count]
            guard
                let changed = kind.applied(to: rows, at: damaged, separator: separator, using: &generator),
                let file = try? read(changed)
            else { continue }
            accepted += file.good.count
            for record in file.good where !truth.contains(Self.facts(record, fields)) {
                Issue.record("seed \(seed) \(kind): \(rows[damaged]) became \(changed) and gave \(record.rows)")
                return
            }
        }
        #expect(accepted > 1000, "a reader that rejects everything proves nothing: \(accepted)")
    }
}
