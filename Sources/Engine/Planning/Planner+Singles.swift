import Domain
import StateStore

/// One row of the file beside one entry of the mirror: nearly every key of a snapshot. Nothing is allocated for it.
extension Planner {
    /// `false` where it takes a closer look.
    mutating func decideSingle(_ row: Int, of rows: SpilledRows, _ held: Int, of mirror: MirrorRows) throws -> Bool {
        let keyHash = rows.keyHashes[row]
        let row = rows.rows[row]
        let held = mirror.rows[held]
        guard !row.isIncomplete else { return false }
        return try rows.bytes.withUnsafeBytes { mine in
            try mirror.bytes.withUnsafeBytes { theirs in
                let key = UnsafeRawBufferPointer(rebasing: mine[row.key])
                guard key.holdsSame(as: UnsafeRawBufferPointer(rebasing: theirs[held.key])) else { return false }
                let payload = UnsafeRawBufferPointer(rebasing: mine[row.payload])
                let before = UnsafeRawBufferPointer(rebasing: theirs[held.value])
                if let isAvailable = interpreter.confirm(payload, key: key, mirror: before) {
                    countUnchanged(wasAvailable: isAvailable, isAvailable: isAvailable)
                    unchanged += 1
                    if keepsTimes { try draft.confirm(RecordKey(Array(key))) }
                    return true
                }
                let revision = single.append(key: key, keyHash: keyHash, before: before, origin: row.origin) { text in
                    interpreter.revise(payload, key: key, mirror: before, into: &text)
                }
                guard let revision else { return false }
                try take(revision, held)
                return true
            }
        }
    }

    /// What was revised stands alone in `single`.
    private mutating func take(_ revision: Revision, _ held: MirrorRows.Row) throws {
        switch revision.reach {
        case .memory:
            countUnchanged(wasAvailable: revision.wasAvailable, isAvailable: revision.isAvailable)
            try draft.add(0, of: single)
        case .shop:
            summary.keys += 1
            if revision.wasAvailable { summary.availableBefore += 1 }
            if revision.isAvailable { summary.availableAfter += 1 }
            if revision.wasAvailable, !revision.isAvailable { summary.toUnavailable += 1 }
            single.set(urgency(wasAvailable: revision.wasAvailable, isAvailable: revision.isAvailable, held), at: 0)
            try plan(0, of: single, trust(of: held))
        }
        single.removeAll()
    }

    private mutating func countUnchanged(wasAvailable: Bool, isAvailable: Bool) {
        summary.keys += 1
        summary.unchanged += 1
        if wasAvailable { summary.availableBefore += 1 }
        if isAvailable { summary.availableAfter += 1 }
    }
}
