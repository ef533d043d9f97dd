import Domain
import StateStore

/// When a file that is held for its date is no longer of the future. It was our own clock that was wrong, perhaps: then the file is planned
/// again without a person, as soon as its time has come.
enum FutureDate {
    private static func name(_ run: Int64) -> String { "future.\(run)" }

    static func note(_ moment: UTCInstant, run: Int64, flow: String, _ writer: LedgerWriter) throws {
        let earlier = try writer.reader.memory(flow: flow, name: name(run)).flatMap { Int64($0) } ?? .min
        try writer.remember(flow: flow, name: name(run), value: "\(max(earlier, moment.milliseconds))")
    }

    static func hasCome(run: Int64, flow: String, at now: UTCInstant, _ reader: LedgerReader) throws -> Bool {
        guard let moment = try reader.memory(flow: flow, name: name(run)).flatMap({ Int64($0) }) else { return false }
        return moment <= now.milliseconds
    }

    static func forget(run: Int64, flow: String, _ writer: LedgerWriter) throws {
        try writer.remember(flow: flow, name: name(run), value: "")
    }
}
