import Domain
import StateStore

/// Keys that the shop is believed to hold and the file does not name.
extension Planner {
    mutating func decideMissing(_ entry: MirrorRows.Row, keyHash: Int64, in mirror: MirrorRows) throws {
        guard mode == .full else {
            _ = try decideAgain(entry, keyHash: keyHash, in: mirror)
            return
        }
        let value = mirror.bytes[entry.value]
        let key = RecordKey(mirror.bytes[entry.key])
        summary.missing += 1
        let wasAvailable = entity.definition.isAvailable(value)
        guard let verdict = interpreter.decideMissing(key, mirror: value), case .change(let after) = verdict.decision else {
            guard try !decideAgain(entry, keyHash: keyHash, in: mirror), wasAvailable else { return }
            summary.availableBefore += 1
            summary.availableAfter += 1
            return
        }
        if wasAvailable { summary.availableBefore += 1 }
        if wasAvailable, !verdict.isAvailable { summary.toUnavailable += 1 }
        summary.missingZeroed += 1
        let change = ChangeDraft(
            key: key, keyHash: keyHash, before: Array(value), after: after, evidence: verdict.evidence, origins: [], reach: .shop,
            urgency: urgency(wasAvailable: wasAvailable, isAvailable: verdict.isAvailable, entry))
        // What it was observed to hold it takes; where it loses keys without a word, it is asked.
        let trust = trust(of: entry)
        try plan(change, [], trust == .new && entity.definition.proof == .lasting ? .proven : trust)
    }

    /// The file does not name it; what plays a part besides may have moved.
    ///
    /// - Returns: whether it has.
    mutating func decideAgain(_ entry: MirrorRows.Row, keyHash: Int64, in mirror: MirrorRows) throws -> Bool {
        guard !affected.isEmpty else { return false }
        let value = mirror.bytes[entry.value]
        let key = RecordKey(mirror.bytes[entry.key])
        guard let verdict = interpreter.decideAgain(key, mirror: value) else { return false }
        let reach: ChangeReach
        let after: EncodedValue
        switch verdict.decision {
        case .unchanged, .rejected: return false
        case .refreshed(let value): (after, reach) = (value, .memory)
        case .change(let value): (after, reach) = (value, .shop)
        }
        summary.keys += 1
        if verdict.wasAvailable { summary.availableBefore += 1 }
        if verdict.isAvailable { summary.availableAfter += 1 }
        if verdict.wasAvailable, !verdict.isAvailable { summary.toUnavailable += 1 }
        let change = ChangeDraft(
            key: key, keyHash: keyHash, before: Array(value), after: after, evidence: verdict.evidence, origins: [], reach: reach,
            urgency: reach == .shop ? urgency(wasAvailable: verdict.wasAvailable, isAvailable: verdict.isAvailable, entry) : .usual)
        switch reach {
        case .shop: try plan(change, [], trust(of: entry))
        case .memory:
            summary.unchanged += 1
            try draft.add(change)
        }
        return true
    }
}
