import Domain
import StateStore

/// Changes of keys that the shop has to be asked about before they are part of the plan.
extension Planner {
    /// Counts what is marked; of a change that the shop may not want, only once it is admitted. Answers what is still to count.
    mutating func takeMarks(of verdict: KeyVerdict, trust: KeyTrust) -> [PlanMark] {
        if trust != .proven, case .change = verdict.decision { return verdict.marks }
        count(verdict.marks)
        return []
    }

    private mutating func count(_ marks: [PlanMark]) {
        for mark in marks { summary.marks[mark.name, default: MarkCount()].add(mark) }
    }

    /// How the shop stood to the key when it was last asked.
    func trust(of entry: MirrorRows.Row?) -> KeyTrust {
        guard entry?.isProven == true else { return .new }
        return switch entity.definition.proof {
        case .lasting: .proven
        case .passing: .known
        }
    }

    /// The shop is asked about a key that was never applied before, or that it may have lost since without saying so.
    mutating func plan(_ change: ChangeDraft, _ marks: [PlanMark], _ trust: KeyTrust) throws {
        guard trust == .proven else { return unconfirmed.append(change, marks, isKnown: trust == .known) }
        countChange(hasBefore: change.before != nil, due: change.due)
        if drift.isAny, change.due == nil { try drift.note(change.key) }
        try draft.add(change)
    }

    /// The same for the change at `index` in `drafts`, which has no marks.
    mutating func plan(_ index: Int, of drafts: borrowing ChangeDrafts, _ trust: KeyTrust) throws {
        guard trust == .proven else { return unconfirmed.append(index, of: drafts, isKnown: trust == .known) }
        try add(index, of: drafts)
    }

    private mutating func add(_ index: Int, of drafts: borrowing ChangeDrafts) throws {
        countChange(hasBefore: drafts.hasBefore(index), due: drafts.due(index))
        if drift.isAny, drafts.due(index) == nil { try drift.note(drafts.key(index)) }
        try draft.add(index, of: drafts)
    }

    private mutating func countChange(hasBefore: Bool, due: UTCInstant?) {
        switch (due, hasBefore) {
        case (.some, _): summary.scheduled += 1
        case (nil, true): summary.updates += 1
        case (nil, false): summary.creates += 1
        }
    }

    /// Magento takes an unknown SKU without a word, so it is asked first (fault F56).
    mutating func admitNewcomers() async throws {
        guard !unconfirmed.isEmpty else { return }
        var waiting = UnconfirmedKeys()
        swap(&waiting, &unconfirmed)
        try await lookForChangedKeys(known: waiting.known)
        let asked = waiting.asked(knowing: changedKeys)
        let standings = try await entity.applier.lookUp(asked)
        for index in try waiting.order(for: entity.definition.feed) {
            let key = asked[index].key
            switch standings[key] {
            case .known(let spelling):
                count(waiting.marks(index))
                if spelling == key, asked[index].isKnown || !waiting.drafts.hasBefore(index) {
                    try add(index, of: waiting.drafts)
                } else {
                    var change = try waiting.drafts[index]
                    let definition = entity.definition
                    change.after = spelling == key ? definition.unspelled(change.after) : definition.spelled(change.after, as: spelling)
                    try plan(change, [], .proven)
                }
            case .unsuitable(let reason): try reject(waiting.drafts[index], reason)
            case .leftOut:
                summary.unchanged += 1
                unchanged += waiting.drafts.records(index)
            case nil:
                summary.unknownKeys += 1
                try reject(waiting.drafts[index], entity.definition.unknown(key))
            }
        }
        waiting.removeAll()
        swap(&waiting, &unconfirmed)
    }

    private mutating func reject(_ change: ChangeDraft, _ reason: RejectReason) throws {
        for origin in change.origins {
            try reject(origin, reason, key: change.key, original: try original(origin))
        }
    }
}
