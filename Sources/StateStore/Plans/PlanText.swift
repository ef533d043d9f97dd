import Domain
import Foundation

/// Summaries and findings as JSON columns.
enum PlanText {
    /// What a plan has for a summary while it is drafted.
    private static let unwritten = "{}"

    private struct SummaryText: Codable {
        var numbers: [String: Int]
        var marks: [String: MarkCount]
        var feeds: [String]
        /// Milliseconds since 1970. Plans of earlier releases have none.
        var nextDay: Int64?
    }

    static func encode(_ summary: PlanSummary) throws -> String {
        let numbers = fields.reduce(into: [String: Int]()) { $0[$1.name] = summary[keyPath: $1.path] }
        let text = SummaryText(numbers: numbers, marks: summary.marks, feeds: summary.feeds, nextDay: summary.nextDay?.milliseconds)
        return String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }

    static func summary(_ text: String) throws -> PlanSummary {
        guard text != unwritten else { return PlanSummary() }
        let summary = try JSONDecoder().decode(SummaryText.self, from: Data(text.utf8))
        var decoded = PlanSummary(marks: summary.marks)
        decoded.feeds = summary.feeds
        decoded.nextDay = summary.nextDay.map { UTCInstant(milliseconds: $0) }
        return fields.reduce(into: decoded) { $0[keyPath: $1.path] = summary.numbers[$1.name] ?? 0 }
    }

    static func encode(_ findings: [GateFinding]) throws -> String {
        String(decoding: try JSONEncoder().encode(findings.map { [$0.gate, $0.text] }), as: UTF8.self)
    }

    static func findings(_ text: String) throws -> [GateFinding] {
        try JSONDecoder().decode([[String]].self, from: Data(text.utf8)).compactMap { pair in
            pair.count == 2 ? GateFinding(gate: pair[0], text: pair[1]) : nil
        }
    }

    private static var fields: [(name: String, path: WritableKeyPath<PlanSummary, Int>)] {
        [
            ("records", \.records), ("keys", \.keys), ("creates", \.creates), ("updates", \.updates),
            ("unchanged", \.unchanged), ("rejected", \.rejected), ("superseded", \.superseded), ("missing", \.missing),
            ("missingZeroed", \.missingZeroed), ("availableBefore", \.availableBefore),
            ("toUnavailable", \.toUnavailable), ("availableAfter", \.availableAfter), ("unknownKeys", \.unknownKeys),
            ("scheduled", \.scheduled), ("drifted", \.drifted),
        ]
    }
}
