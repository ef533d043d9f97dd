import Domain
import StateStore

/// Changes of keys that the shop has to be asked about before they are part of the plan.
extension Planner {
    /// Counts what is marked; of a change that the shop may not want, only once it is admitted. Answers what is still to count.
    mutating func takeMarks(of verdict: KeyVerdict, isProven: Bool) -> [PlanMark] {
        if !isProven, case .change = verdict.decision { return verdict.marks }
        count(verdict.marks)
        return []
    }

    private mutating func count(_ marks: [PlanMark]) {
        for mark in marks { summary.marks[mark.name, default: MarkCount()].add(mark) }
    }

    /// Whether the shop need not be asked about the key.
    func isProven(_ entry: MirrorRows.Row?) -> Bool {
        switch entity.definition.proof {
        case .lasting: entry?.isProven == true
        case .passing: false
        }
    }

    /// The shop is asked about a key that was never applied before, or that it may have lost since without saying so.
    mutating func plan(_ change: ChangeDraft, _ marks: [PlanMark], isProven: Bool) throws {
        guard isProven else { return newcomers.append((change, marks)) }
        count(change)
        try draft.add(change)
    }

    private mutating func count(_ change: ChangeDraft) {
        switch (change.due, change.before) {
        case (.some, _): summary.scheduled += 1
        case (nil, .some): summary.updates += 1
        case (nil, nil): summary.creates += 1
        }
    }

    /// Magento takes an unknown SKU without a word, so the catalogue is asked first (fault F56).
    mutating func admitNewcomers() async throws {
        guard !newcomers.isEmpty else { return }
        defer { newcomers.removeAll(keepingCapacity: true) }
        // Events are done in the order in which the file tells them.
        if entity.definition.feed == .events { newcomers.sort { $0.change.firstRecord < $1.change.firstRecord } }
        let standings = try await entity.applier.standings(of: newcomers.map { Newcomer(key: $0.change.key, value: $0.change.after) })
        // Taken out one by one from the end, so that each is handed on and not copied.
        newcomers.reverse()
        while let (draft, marks) = newcomers.popLast() {
            var change = draft
            switch standings[change.key] {
            case .known(let spelling):
                if spelling != change.key { change.after = entity.definition.spelled(change.after, as: spelling) }
                count(change)
                count(marks)
                try self.draft.add(change)
            case .unsuitable(let reason): try reject(change, reason)
            case .leftOut:
                summary.unchanged += 1
                unchanged += change.origins.count
            case nil:
                summary.unknownKeys += 1
                try reject(change, entity.definition.unknown(change.key))
            }
        }
    }

    private mutating func reject(_ change: ChangeDraft, _ reason: RejectReason) throws {
        for origin in change.origins {
            try reject(origin, reason, key: change.key, original: try original(origin))
        }
    }
}

extension ChangeDraft {
    fileprivate var firstRecord: Int { origins.map(\.number).min() ?? 0 }
}
