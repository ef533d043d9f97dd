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

    /// Keys asked for at once.
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
        _ progress: @Sendable (Int) -> Void
    ) async throws -> Reconciliation {
        let name = entity.definition.name
        // What shipments and credit memos did since is no drift.
        try await MovementBook(ledger: runner.ledger, flow: flow.name, timeline: runner.timeline, lease: lease).book(entity)
        var reconciliation = Reconciliation(
            flow: flow.name, entity: name, at: runner.timeline.now(), scope: scope.description, isAdopted: sequel == .adopt)
        reconciliation.id = try runner.ledger.write(as: lease) { writer in
            return try writer.open(reconciliation)
        }
        var drifts: [String: Drift] = [:]
        var keys = try MirrorWalk(runner.ledger, entity: name, scope)
        while let entries = try keys.next(Self.portion) {
            let differences = try await compare(entries, entity, &reconciliation, &drifts)
            let id = reconciliation.id
            try runner.ledger.write(as: lease) { writer in
                try writer.add(differences, to: id)
                if sequel == .adopt { try writer.adopt(differences, flow: flow.name, entity: name) }
            }
            progress(reconciliation.checked)
        }
        reconciliation.drifts = drifts.values.sorted { $0.place < $1.place }
        let closed = reconciliation
        try runner.ledger.write(as: lease) { try $0.close(closed) }
        return reconciliation
    }

    private func compare(
        _ entries: [MirrorEntry], _ entity: FlowEntity, _ reconciliation: inout Reconciliation, _ drifts: inout [String: Drift]
    ) async throws -> [FoundDifference] {
        let asked = entries.enumerated().map { index, entry in
            Change(id: Int64(index), key: entry.key, before: nil, after: entry.value, version: entry.version)
        }
        let observed = Dictionary(try await entity.applier.readBack(asked).map { ($0.key, $0.value) }) { $1 }
        var differences: [FoundDifference] = []
        for entry in entries {
            guard let value = observed[entry.key] else {
                reconciliation.missing += 1
                differences.append(FoundDifference(key: entry.key, wanted: entry.value, observed: nil))
                continue
            }
            guard !entity.definition.isSatisfied(entry.value, by: value) else {
                reconciliation.matched += 1
                continue
            }
            reconciliation.differing += 1
            differences.append(FoundDifference(key: entry.key, wanted: entry.value, observed: value))
            for part in entity.definition.differences(entry.value, observed: value) {
                guard let excess = part.excess else { continue }
                drifts[part.place, default: Drift(place: part.place)].add(excess)
            }
        }
        return differences
    }
}
