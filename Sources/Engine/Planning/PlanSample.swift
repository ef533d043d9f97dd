import Domain
import StateStore

/// The changes of a drafted plan, or an even share of a large one's: enough to judge it as a whole, in bounded memory.
struct PlanSample {
    private static let limit = 5000
    private static let pageSize = 1000

    private(set) var changes: [Change] = []
    /// How many keys the mirror has, in the proportion of the share.
    let known: Int

    init(_ ledger: Ledger, run: Int64, entity: String) throws {
        var stride = 1
        var seen = 0
        var last: Int64 = 0
        while true {
            let page = try ledger.read { try $0.changes(run: run, after: last, limit: Self.pageSize) }
            guard let highest = page.last?.change.id else { break }
            last = highest
            for planned in page where planned.entity == entity {
                if seen.isMultiple(of: stride) { changes.append(planned.change) }
                seen += 1
                guard changes.count > Self.limit else { continue }
                stride *= 2
                changes = changes.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
            }
        }
        known = try ledger.read { try $0.mirrorCount(entity: entity) } / stride
    }
}
