import Domain
import StateStore

/// The order in which a plan goes out where strangers could see harm: a handful first, then one in a hundred, one in ten,
/// all; after each wave the shop is looked at as a guest.
struct Waves {
    /// Changes of the first wave where the probe names none.
    static let canaries = 3
    /// So many of a wave's changes are looked at, evenly spread.
    static let sampleSize = 200

    let total: Int

    /// Sizes after the canaries; the last takes what is left.
    var sizes: [Int] { [max(1, total / 100), max(1, total / 10), .max] }
}

/// Evenly spread samples of what goes by, in bounded memory.
struct Sample {
    private(set) var changes: [Change] = []
    private var seen = 0
    private var stride = 1

    mutating func add(_ applied: [Change]) {
        for change in applied {
            if seen % stride == 0 { changes.append(change) }
            seen += 1
            guard changes.count > Waves.sampleSize * 2 else { continue }
            stride *= 2
            changes = changes.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        }
    }
}

extension ApplyStage {
    func sendInWaves(_ probe: any ChangeProbe, progress: (_ sent: Int) -> Void) async throws -> Ending {
        let sendable = try ledger.read { try $0.sendable(run: run.id, entity: name, now: timeline.now(), limit: .max) }
        var cursor = Cursor()
        guard !sendable.isEmpty else { return try await finish(&cursor) }
        var sample = Sample()
        // What an attempt before this one sent was perhaps never looked at.
        sample.add(
            try ledger.read { try $0.appliedChanges(run: run.id, entity: name, after: 0, limit: Waves.sampleSize) }.map(\.change)
        )
        for id in canaries(probe, among: sendable) {
            var single = Cursor(last: id - 1, sent: cursor.sent)
            _ = try await send(&single, atMost: 1) { sample.add($0) }
            cursor.sent = single.sent
            cursor.trouble = single.trouble ?? cursor.trouble
        }
        progress(cursor.sent)
        if let ending = try await look(probe, at: sample) { return ending }
        for size in Waves(total: sendable.count).sizes {
            var wave = Sample()
            let end = size == .max ? Int.max : cursor.sent + size
            while cursor.sent < end, try await send(&cursor, atMost: end - cursor.sent, visit: { wave.add($0) }) {
                progress(cursor.sent)
            }
            if let ending = try await look(probe, at: wave) { return ending }
        }
        return cursor.ending
    }

    /// Changes that concern our memory alone still have to be settled.
    private func finish(_ cursor: inout Cursor) async throws -> Ending {
        while try await send(&cursor) {}
        return cursor.ending
    }

    private func canaries(_ probe: any ChangeProbe, among sendable: [(id: Int64, key: RecordKey)]) -> [Int64] {
        let chosen = Set(probe.canaries(among: sendable.map(\.key)))
        let ids = sendable.filter { chosen.contains($0.key) }.map(\.id)
        return ids.isEmpty ? sendable.prefix(Waves.canaries).map(\.id) : ids
    }

    private func look(_ probe: any ChangeProbe, at sample: Sample) async throws -> Ending? {
        guard !sample.changes.isEmpty else { return nil }
        switch try await probe.probe(sample.changes) {
        case .clear: return nil
        case .violated(let views): return .violated(views)
        case .unsure(let diagnostic): return .waiting(diagnostic)
        }
    }
}
