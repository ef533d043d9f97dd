import Domain
import StateStore

/// Changes of keys that the shop has still to be asked about, with what there is to count of them if they are made.
struct UnconfirmedKeys {
    private(set) var drafts = ChangeDrafts()
    /// By position; hardly any has one.
    private var marks: [Int: [PlanMark]] = [:]

    var count: Int { drafts.count }
    var isEmpty: Bool { drafts.isEmpty }
    /// What the shop is asked, in order.
    var asked: [UnconfirmedKey] { (0..<drafts.count).map { UnconfirmedKey(key: drafts.key($0), value: drafts.after($0)) } }
    func marks(_ index: Int) -> [PlanMark] { marks.isEmpty ? [] : marks[index] ?? [] }

    mutating func append(_ change: ChangeDraft, _ marks: [PlanMark]) {
        if !marks.isEmpty { self.marks[drafts.count] = marks }
        drafts.append(change)
    }

    mutating func append(_ index: Int, of others: borrowing ChangeDrafts) { drafts.append(index, of: others) }

    mutating func removeAll() {
        drafts.removeAll()
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
