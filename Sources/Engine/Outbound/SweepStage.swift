import Domain
import StateStore

/// Asks the shop what has changed and notes it in the outbox. What is noted is known for good: the pages after it may be lost to a
/// crash, the next sweep begins where the last whole one ended.
struct SweepStage {
    private static let swept = "outbox.swept"
    private static let deep = "outbox.deep"

    let ledger: Ledger
    let flow: OutboundFlow
    let timeline: Timeline
    let lease: LeaseKeeper

    func sweep() async throws -> OutboxNotes {
        let (since, isDeep) = try start()
        var total = OutboxNotes()
        let name = flow.name
        let end = try await flow.source.sweep(since: since) { page in
            let notes = try ledger.write(as: lease) { writer in
                return try writer.note(page, flow: name, at: timeline.now())
            }
            total += notes
        }
        try ledger.write(as: lease) { writer in
            if let end { try writer.remember(flow: name, name: Self.swept, value: String(end.milliseconds)) }
            if isDeep { try writer.remember(flow: name, name: Self.deep, value: String(timeline.now().milliseconds)) }
        }
        return total
    }

    /// By the shop's clock, not by ours.
    func start() throws -> (since: UTCInstant?, isDeep: Bool) {
        let (swept, deep) = try ledger.read { reader in
            (try reader.memory(flow: flow.name, name: Self.swept), try reader.memory(flow: flow.name, name: Self.deep))
        }
        guard let swept = swept.flatMap({ Int64($0) }) else { return (nil, true) }
        let lastDeep = UTCInstant(milliseconds: deep.flatMap { Int64($0) } ?? 0)
        let sinceDeep = timeline.now().since(lastDeep)
        // Our own clock decides only when to look further back; one that was set back does so at once.
        let isDeep = sinceDeep >= .seconds(86_400) || sinceDeep < .zero
        let back = isDeep ? flow.window.deep : flow.window.overlap
        return (UTCInstant(milliseconds: swept).adding(.zero - back), isDeep)
    }
}
