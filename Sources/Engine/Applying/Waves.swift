import Domain
import StateStore

/// The order in which a plan goes out where strangers could see harm: a handful first, then one in a hundred, one in ten,
/// all; after each wave the shop is looked at as a guest.
struct Waves {
    /// Changes of the first wave where the probe names none.
    static let canaries = 3
    /// About so many of each later wave's changes are looked at, evenly spread.
    static let sampleSize = 200
    /// So many changes are looked at, at most, in search of one that a stranger is shown.
    static let furthest = 2000

    let total: Int

    /// Sizes after the canaries; the last takes what is left.
    var sizes: [Int] { [max(1, total / 100), max(1, total / 10), .max] }
}

/// The changes of a plan that are looked at, chosen before anything is sent so that it is known what was seen before.
private struct Sample {
    /// Those that go first: what a stranger sees of them proves something.
    private(set) var canaries: [(id: Int64, key: RecordKey)] = []
    private let sendable: [(id: Int64, key: RecordKey)]
    private var chosen: [RecordKey: EncodedValue?] = [:]
    /// Keys that a stranger saw before anything was sent.
    private var shown: Set<RecordKey> = []
    private var unseen: [RecordKey: Change] = [:]
    /// Changes of the canaries that were sent.
    private(set) var sentCanaries: [Change] = []

    init(_ sendable: [(id: Int64, key: RecordKey)], canaries keys: [RecordKey]) {
        self.sendable = sendable
        let named = Set(keys)
        let stride = max(1, sendable.count / (Waves.sampleSize * 3))
        let spread = sendable.enumerated().filter { $0.offset.isMultiple(of: stride) }.map(\.element)
        // The second wave is the first hundredth: it is looked at closely.
        let early = sendable.prefix(max(1, sendable.count / 100)).prefix(Waves.sampleSize)
        for (_, key) in sendable.filter({ named.contains($0.key) }) + sendable.prefix(Waves.canaries) + spread + early { chosen[key] = .some(nil) }
    }

    var keys: [RecordKey] { chosen.keys.sorted() }

    /// The next keys to look at where nothing of the sample is shown; empty where there are no more, or enough was looked at.
    func furtherKeys() -> [RecordKey] {
        guard chosen.count < Waves.furthest else { return [] }
        return Array(sendable.lazy.map(\.key).filter { chosen[$0] == nil }.prefix(Waves.sampleSize))
    }

    mutating func note(before views: [RecordKey: EncodedValue], of keys: [RecordKey], isShown: (EncodedValue) -> Bool) {
        for key in keys {
            chosen[key] = .some(views[key])
            if let view = views[key], isShown(view) { shown.insert(key) }
        }
    }

    var showsNothing: Bool { shown.isEmpty }

    /// Those that are named and shown; otherwise the first ones of the plan that are shown, in place of what proves nothing.
    mutating func chooseCanaries(named keys: [RecordKey]) {
        let named = Set(keys)
        canaries = sendable.filter { named.contains($0.key) && shown.contains($0.key) }
        if canaries.isEmpty { canaries = Array(sendable.filter { shown.contains($0.key) }.prefix(Waves.canaries)) }
        if canaries.isEmpty { canaries = Array(sendable.prefix(Waves.canaries)) }
    }

    mutating func add(_ applied: [Change]) {
        for change in applied where chosen[change.key] != nil { unseen[change.key] = change }
        let first = Set(canaries.map(\.key))
        sentCanaries += applied.filter { first.contains($0.key) }
    }

    /// What was sent since the last look.
    mutating func takeUnseen() -> [Change] {
        defer { unseen = [:] }
        return unseen.values.sorted { $0.key < $1.key }
    }

    func before(_ key: RecordKey) -> EncodedValue? { chosen[key] ?? nil }

    /// What was looked at, in words.
    var words: String {
        let names = keys.prefix(3).map { Escaped($0.text, limit: 40).description }.joined(separator: ", ")
        return "\(chosen.count) of \(sendable.count) products (\(names)\(chosen.count > 3 ? ", …" : ""))"
    }
}

extension ApplyStage {
    func sendInWaves(_ probe: any ChangeProbe, progress: (_ sent: Int) -> Void) async throws -> Ending {
        let sendable = try ledger.read { try $0.sendable(run: run.id, entity: name, now: timeline.now(), limit: .max) }
        var cursor = Cursor()
        guard !sendable.isEmpty else { return try await finish(&cursor) }
        let named = probe.canaries(among: sendable.map(\.key))
        var sample = Sample(sendable, canaries: named)
        do {
            try await lookBefore(probe, &sample)
            if sample.showsNothing, !mayBeBlind {
                return .blind("a guest is shown none of \(sample.words), so a look after each wave would prove nothing; nothing was sent")
            }
            sample.chooseCanaries(named: named)
            // What an attempt before this one sent was perhaps never looked at.
            let earlier = try ledger.read {
                try $0.appliedChanges(run: run.id, entity: name, after: 0, limit: Waves.sampleSize).map(\.change)
            }
            if case .violated(let texts)? = try await look(probe, at: earlier, sample, sent: 0) { return .violated(texts) }
            for (id, _) in sample.canaries {
                var single = Cursor(last: id - 1, sent: cursor.sent)
                try await send(&single, atMost: 1, visit: { sample.add($0) })
                cursor.sent = single.sent
                cursor.trouble = single.trouble ?? cursor.trouble
            }
            progress(cursor.sent)
            if let ending = try await look(probe, at: sample.takeUnseen(), sample, sent: cursor.sent) { return ending }
            for size in Waves(total: sendable.count).sizes {
                let end = size == .max ? Int.max : cursor.sent + size
                try await send(&cursor, atMost: end - cursor.sent, progress: progress, visit: { sample.add($0) })
                if let ending = try await look(probe, at: sample.takeUnseen(), sample, sent: cursor.sent) { return ending }
            }
        } catch let diagnostic as Diagnostic where diagnostic.kind != .permanent {
            return .waiting(diagnostic)
        }
        return cursor.ending
    }

    /// Changes that concern our memory alone still have to be settled.
    private func finish(_ cursor: inout Cursor) async throws -> Ending {
        try await send(&cursor)
        return cursor.ending
    }

    /// Looks at the sample, and further into the plan for as long as nothing of it is shown.
    private func lookBefore(_ probe: any ChangeProbe, _ sample: inout Sample) async throws {
        var keys = sample.keys
        while !keys.isEmpty {
            sample.note(before: try await probe.view(of: keys, .before), of: keys, isShown: probe.isShown)
            keys = sample.showsNothing ? sample.furtherKeys() : []
        }
    }

    /// Where a stranger sees nothing of what was sent, the canaries are looked at in its place.
    private func look(_ probe: any ChangeProbe, at changes: [Change], _ sample: Sample, sent: Int) async throws -> Ending? {
        guard !changes.isEmpty else { return nil }
        var looked = changes
        var views = try await probe.view(of: changes.map(\.key), .after)
        func seesNothing() -> Bool { !views.values.contains(where: probe.isShown) }
        if seesNothing(), !sample.sentCanaries.isEmpty {
            looked += sample.sentCanaries
            views.merge(try await probe.view(of: sample.sentCanaries.map(\.key), .after)) { first, _ in first }
        }
        let violations = looked.compactMap { change in
            views[change.key].flatMap { probe.violation(change, before: sample.before(change.key), now: $0) }
        }
        guard violations.isEmpty else { return .violated(violations) }
        guard seesNothing(), !mayBeBlind else { return nil }
        return .blind(
            "after \(sent) values were sent, a guest is shown none of the \(looked.count) products that were looked at; nothing more was sent")
    }
}
