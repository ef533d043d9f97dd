import Domain
import StateStore

/// Changes of keys that the shop has still to be asked about, with what there is to count of them if they are made.
struct UnconfirmedKeys {
    private(set) var drafts = ChangeDrafts()
    /// By position: whether it was applied before.
    private var isKnown: [Bool] = []
    /// By position; hardly any has one.
    private var marks: [Int: [PlanMark]] = [:]

    var count: Int { drafts.count }
    var isEmpty: Bool { drafts.isEmpty }
    /// How many of them were applied before.
    var known: Int { isKnown.count { $0 } }

    /// What the shop is asked, in order. What it may have changed meanwhile is asked about as if it were new.
    func asked(knowing changed: ChangedKeys?) -> [UnconfirmedKey] {
        (0..<drafts.count).map { index in
            let key = drafts.key(index)
            let isKnown = isKnown[index] && changed.map { !$0.contains(key.bytes[...]) } ?? false
            return UnconfirmedKey(key: key, value: drafts.after(index), isKnown: isKnown)
        }
    }

    func marks(_ index: Int) -> [PlanMark] { marks.isEmpty ? [] : marks[index] ?? [] }

    mutating func append(_ change: ChangeDraft, _ marks: [PlanMark], isKnown: Bool) {
        self.isKnown.append(isKnown)
        if !marks.isEmpty { self.marks[drafts.count] = marks }
        drafts.append(change)
    }

    mutating func append(_ index: Int, of others: borrowing ChangeDrafts, isKnown: Bool) {
        self.isKnown.append(isKnown)
        drafts.append(index, of: others)
    }

    mutating func removeAll() {
        drafts.removeAll()
        isKnown.removeAll(keepingCapacity: true)
        marks.removeAll()
    }

    /// Positions in the order in which they are to be done: events as the file tells them.
    func order(for feed: EntityFeed) throws -> [Int] {
        switch feed {
        case .snapshot: return Array(0..<drafts.count)
        case .events:
            let first = try (0..<drafts.count).map { try drafts.origins($0).map(\.number).min() ?? 0 }
            return (0..<drafts.count).sorted { first[$0] < first[$1] }
        }
    }
}
