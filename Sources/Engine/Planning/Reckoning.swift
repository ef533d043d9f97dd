import Domain
import StateStore

/// What a plan reckoned with besides its file, remembered from plan to plan.
///
/// It counts from the moment that everything of the plan is settled: a look whose plan came to nothing was none.
struct Reckoning: Hashable, Sendable {
    /// What the file said of how far its figures go.
    var claims: [String]
    /// Up to when by the shop's clock everything was seen.
    var seen: UTCInstant?

    private static let separator: Character = "\u{1F}"

    static func last(flow: String, entity: String, _ reader: LedgerReader) throws -> Reckoning? {
        try reader.memory(flow: flow, name: name(entity)).flatMap(Reckoning.init)
    }

    /// Notes it with a sealed plan.
    func propose(run: Int64, flow: String, entity: String, _ writer: LedgerWriter) throws {
        try writer.remember(flow: flow, name: Self.name(entity) + ".proposed", value: "\(run)\(Self.separator)\(text)")
    }

    func remember(flow: String, entity: String, _ writer: LedgerWriter) throws {
        try writer.remember(flow: flow, name: Self.name(entity), value: text)
    }

    /// What was noted with the run's plan counts from now on.
    static func accept(run: Int64, flow: String, entity: String, _ writer: LedgerWriter) throws {
        guard let proposed = try writer.reader.memory(flow: flow, name: name(entity) + ".proposed") else { return }
        let parts = proposed.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Int64(parts[0]) == run else { return }
        try writer.remember(flow: flow, name: name(entity), value: String(parts[1]))
    }

    private static func name(_ entity: String) -> String { "reckoned.\(entity)" }

    private var text: String { ([seen.map { "\($0.milliseconds)" } ?? ""] + claims).joined(separator: String(Self.separator)) }
}

extension Reckoning {
    fileprivate init?(_ text: String) {
        let parts = text.split(separator: Self.separator, omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first else { return nil }
        self.init(claims: Array(parts.dropFirst()), seen: Int64(first).map { UTCInstant(milliseconds: $0) })
    }
}
