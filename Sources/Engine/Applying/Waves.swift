import Domain
import StateStore

/// The order in which a plan goes out where strangers could see harm: a handful first, then one in a hundred, one in ten,
/// all; after each wave the shop is looked at as a guest.
struct Waves {
    /// Changes of the first wave where the probe names none.
    static let canaries = 3
    /// About so many of each later wave's changes are looked at, evenly spread.
    static let sampleSize = 200

    let total: Int

    /// Sizes after the canaries; the last takes what is left.
    var sizes: [Int] { [max(1, total / 100), max(1, total / 10), .max] }
}

/// The changes of a plan that are looked at, chosen before anything is sent so that it is known what was seen before.
private struct Sample {
    /// Of each wave, the keys to look at.
    private(set) var canaries: [(id: Int64, key: RecordKey)] = []
    private var chosen: [RecordKey: EncodedValue?] = [:]
    private var unseen: [RecordKey: Change] = [:]

    init(_ sendable: [(id: Int64, key: RecordKey)], canaries keys: [RecordKey]) {
        let named = Set(keys)
        canaries = sendable.filter { named.contains($0.key) }
        if canaries.isEmpty { canaries = Array(sendable.prefix(Waves.canaries)) }
        let stride = max(1, sendable.count / (Waves.sampleSize * 3))
        let spread = sendable.enumerated().filter { $0.offset.isMultiple(of: stride) }.map(\.element)
        // The second wave is the first hundredth: it is looked at closely.
        let early = sendable.prefix(max(1, sendable.count / 100)).prefix(Waves.sampleSize)
        for (_, key) in canaries + spread + early { chosen[key] = .some(nil) }
    }

    var keys: [RecordKey] { chosen.keys.sorted() }

    mutating func note(before views: [RecordKey: EncodedValue]) {
        for (key, view) in views { chosen[key] = view }
    }

    mutating func add(_ applied: [Change]) {
        for change in applied where chosen[change.key] != nil { unseen[change.key] = change }
    }

    /// What was sent since the last look.
    mutating func takeUnseen() -> [Change] {
        defer { unseen = [:] }
        return unseen.values.sorted { $0.key < $1.key }
    }

    func before(_ key: RecordKey) -> EncodedValue? { chosen[key] ?? nil }
}

extension ApplyStage {
    func sendInWaves(_ probe: any ChangeProbe, progress: (_ sent: Int) -> Void) async throws -> Ending {
        let sendable = try ledger.read { try $0.sendable(run: run.id, entity: name, now: timeline.now(), limit: .max) }
        var cursor = Cursor()
        guard !sendable.isEmpty else { return try await finish(&cursor) }
        var sample = Sample(sendable, canaries: probe.canaries(among: sendable.map(\.key)))
        do {
            sample.note(before: try await probe.view(of: sample.keys, .before))
            // What an attempt before this one sent was perhaps never looked at.
            let earlier = try ledger.read {
                try $0.appliedChanges(run: run.id, entity: name, after: 0, limit: Waves.sampleSize).map(\.change)
            }
            if let ending = try await look(probe, at: earlier, sample) { return ending }
            for (id, _) in sample.canaries {
                var single = Cursor(last: id - 1, sent: cursor.sent)
                _ = try await send(&single, atMost: 1) { sample.add($0) }
                cursor.sent = single.sent
                cursor.trouble = single.trouble ?? cursor.trouble
            }
            progress(cursor.sent)
            if let ending = try await look(probe, at: sample.takeUnseen(), sample) { return ending }
            for size in Waves(total: sendable.count).sizes {
                let end = size == .max ? Int.max : cursor.sent + size
                while cursor.sent < end, try await send(&cursor, atMost: end - cursor.sent, visit: { sample.add($0) }) {
                    progress(cursor.sent)
                }
                if let ending = try await look(probe, at: sample.takeUnseen(), sample) { return ending }
            }
        } catch let diagnostic as Diagnostic where diagnostic.kind != .permanent {
            return .waiting(diagnostic)
        }
        return cursor.ending
    }

    /// Changes that concern our memory alone still have to be settled.
    private func finish(_ cursor: inout Cursor) async throws -> Ending {
        while try await send(&cursor) {}
        return cursor.ending
    }

    private func look(_ probe: any ChangeProbe, at changes: [Change], _ sample: Sample) async throws -> Ending? {
        guard !changes.isEmpty else { return nil }
        let views = try await probe.view(of: changes.map(\.key), .after)
        let violations = changes.compactMap { change in
            views[change.key].flatMap { probe.violation(change, before: sample.before(change.key), now: $0) }
        }
        return violations.isEmpty ? nil : .violated(violations)
    }
}
