import Domain
import StateStore
import Synchronization

/// What a comparison of one entity has come to so far. Pages are judged one after the other, whoever reads them.
final class Comparison: Sendable {
    private struct State {
        var reconciliation: Reconciliation
        var drifts: [String: Drift] = [:]
        /// Hashes of the keys that pages had: a million of them take 16 MB.
        var seen: Set<Int64> = []
    }

    let id: Int64
    private let definition: any EntityDefinition
    private let state: Mutex<State>

    init(_ entity: FlowEntity, _ reconciliation: Reconciliation) {
        id = reconciliation.id
        definition = entity.definition
        state = Mutex(State(reconciliation: reconciliation))
    }

    var checked: Int { state.withLock(\.reconciliation.checked) }

    var result: Reconciliation {
        state.withLock { state in
            var result = state.reconciliation
            result.drifts = state.drifts.values.sorted { $0.place < $1.place }
            return result
        }
    }

    /// What a page of the shop has; each key counts once, however often it is seen.
    func see(_ pairs: [(entry: MirrorEntry, value: EncodedValue)]) -> [FoundDifference] {
        state.withLock { state in
            pairs.compactMap { state.seen.insert(KeyHash.of($0.entry.key.bytes[...])).inserted ? judge($0.entry, $0.value, &state) : nil }
        }
    }

    /// The hashes of all keys that pages had. They are not needed here any more.
    func takeSeen() -> Set<Int64> {
        state.withLock { state in
            defer { state.seen = [] }
            return state.seen
        }
    }

    /// `nil`: the shop does not have it.
    func judge(_ pairs: [(entry: MirrorEntry, value: EncodedValue?)]) -> [FoundDifference] {
        state.withLock { state in pairs.compactMap { judge($0.entry, $0.value, &state) } }
    }

    private func judge(_ entry: MirrorEntry, _ observed: EncodedValue?, _ state: inout State) -> FoundDifference? {
        guard let observed else {
            state.reconciliation.missing += 1
            return FoundDifference(key: entry.key, wanted: entry.value, observed: nil)
        }
        guard entry.value != observed, !definition.isSatisfied(entry.value, by: observed) else {
            state.reconciliation.matched += 1
            return nil
        }
        state.reconciliation.differing += 1
        for part in definition.differences(entry.value, observed: observed) {
            guard let excess = part.excess else { continue }
            state.drifts[part.place, default: Drift(place: part.place)].add(excess)
        }
        return FoundDifference(key: entry.key, wanted: entry.value, observed: observed)
    }
}

/// Keys of the mirror that no page of the shop had, in portions.
struct UnseenKeys {
    let ledger: Ledger
    let entity: String
    let seen: Set<Int64>
    private var part = 0
    private var waiting: [MirrorEntry] = []
    private var rows = MirrorRows()

    init(ledger: Ledger, entity: String, seen: Set<Int64>) {
        self.ledger = ledger
        self.entity = entity
        self.seen = seen
    }

    mutating func next(_ count: Int) throws -> [MirrorEntry]? {
        while waiting.count < count, part < RowSpill.parts {
            let range = KeyHash.range(part: part, of: RowSpill.parts)
            rows = try ledger.read { [entity, rows] reader in
                var rows = rows
                try reader.mirror(entity: entity, keyHashes: range, into: &rows)
                return rows
            }
            for row in rows.rows where !seen.contains(row.keyHash) {
                waiting.append(
                    MirrorEntry(
                        key: RecordKey(Array(rows.bytes[row.key])), value: Array(rows.bytes[row.value]), version: row.version, change: nil))
            }
            part += 1
        }
        guard !waiting.isEmpty else { return nil }
        defer { waiting.removeFirst(min(count, waiting.count)) }
        return Array(waiting.prefix(count))
    }
}
