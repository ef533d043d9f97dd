import Domain
import Formats
package import StateStore

/// Compares what the shop holds with what we believe it holds, key by key, and says which way it moved away.
///
/// It reads, and sends nothing. With `adopting`, the mirror takes over what the shop holds: the next file's plan then sends what
/// differs, through the same gates as ever.
package struct Reconciler: Sendable {
    package enum Scope: Hashable, Sendable, CustomStringConvertible {
        case all
        /// Half of it what was sent last, half an even spread.
        case sample(Int)

        package var description: String {
            switch self {
            case .all: "all"
            case .sample(let size): "sample of \(size)"
            }
        }
    }

    package enum Sequel: Hashable, Sendable { case report, adopt }

    /// Keys asked for by name at once.
    private static let portion = 500

    private let runner: FlowRunner

    package init(runner: FlowRunner) { self.runner = runner }

    /// Holds the flow's lease meanwhile, so that no run of ours moves a value between the two looks.
    package func reconcile(
        _ flow: Flow, scope: Scope, sequel: Sequel = .report, progress: @escaping @Sendable (_ checked: Int) -> Void = { _ in }
    ) async throws -> [Reconciliation] {
        try await runner.withLease(on: flow.name) { lease in
            var found: [Reconciliation] = []
            // An event happened once; the shop holds no value of it that could drift.
            for entity in flow.entities where entity.definition.feed == .snapshot {
                found.append(try await reconcile(entity, of: flow, scope, sequel, lease, progress))
            }
            return found
        }
    }

    private func reconcile(
        _ entity: FlowEntity, of flow: Flow, _ scope: Scope, _ sequel: Sequel, _ lease: LeaseKeeper,
        _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> Reconciliation {
        let name = entity.definition.name
        // What shipments and credit memos did since is no drift.
        try await MovementBook(ledger: runner.ledger, flow: flow.name, timeline: runner.timeline, lease: lease).book(entity)
        var reconciliation = Reconciliation(
            flow: flow.name, entity: name, at: runner.timeline.now(), scope: scope.description, isAdopted: sequel == .adopt)
        reconciliation.id = try runner.ledger.write(as: lease) { writer in
            return try writer.open(reconciliation)
        }
        let comparison = Comparison(entity, reconciliation)
        let place = Place(flow: flow.name, entity: entity, lease: lease, isAdopting: sequel == .adopt)
        if try await !compareWhole(comparison, scope, place, progress) {
            var keys = try MirrorWalk(runner.ledger, entity: name, scope)
            while let entries = try keys.next(Self.portion) { try await compare(entries, comparison, place, progress) }
        }
        let closed = comparison.result
        try runner.ledger.write(as: lease) { try $0.close(closed) }
        return closed
    }

    /// What is compared where, and what becomes of it.
    private struct Place: Sendable {
        var flow: String
        var entity: FlowEntity
        var lease: LeaseKeeper
        var isAdopting: Bool
    }

    /// The shop page by page, and then by name what no page had. `false` where asking for each key is cheaper.
    private func compareWhole(
        _ comparison: Comparison, _ scope: Scope, _ place: Place, _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> Bool {
        guard scope == .all else { return false }
        let (ledger, name) = (runner.ledger, place.entity.definition.name)
        let keys = try ledger.read { try $0.mirrorCount(entity: name) }
        let isDone = try await place.entity.applier.readWhole(keys: keys) { values in
            let entries = try ledger.read { try $0.mirrorEntries(entity: name, keys: values.map(\.key)) }
            let differences = comparison.see(zip(entries, values).compactMap { entry, value in entry.map { ($0, value.value) } })
            try note(differences, comparison, place)
            progress(comparison.checked)
        }
        guard isDone else { return false }
        var walk = UnseenKeys(ledger: ledger, entity: name, seen: comparison.takeSeen())
        while let entries = try walk.next(Self.portion) { try await compare(entries, comparison, place, progress) }
        return true
    }

    private func compare(
        _ entries: [MirrorEntry], _ comparison: Comparison, _ place: Place, _ progress: @Sendable (Int) -> Void
    ) async throws {
        let asked = entries.enumerated().map { index, entry in
            Change(id: Int64(index), key: entry.key, before: nil, after: entry.value, version: entry.version)
        }
        let observed = Dictionary(try await place.entity.applier.readBack(asked).map { ($0.key, $0.value) }) { $1 }
        try note(comparison.judge(entries.map { ($0, observed[$0.key]) }), comparison, place)
        progress(comparison.checked)
    }

    private func note(_ differences: [FoundDifference], _ comparison: Comparison, _ place: Place) throws {
        try runner.ledger.write(as: place.lease) { writer in
            guard !differences.isEmpty else { return }
            try writer.add(differences, to: comparison.id)
            if place.isAdopting { try writer.adopt(differences, flow: place.flow, entity: place.entity.definition.name) }
        }
    }
}
