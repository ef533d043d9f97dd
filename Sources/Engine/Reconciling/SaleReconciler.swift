package import Domain
import StateStore

/// Looks whether products in stock can be bought, and puts back on sale those that only the shop's index has lost.
package struct SaleReconciler: Sendable {
    package enum Sequel: String, Hashable, Sendable, CaseIterable { case off, report, mend }

    package struct Result: Hashable, Sendable {
        package var stocked = 0
        package var spokenFor = 0
        /// Could not be bought, and can be now.
        package var mended: [RecordKey] = []
        /// Cannot be bought, and nothing holds them.
        package var denied: [RecordKey] = []
        /// What open orders hold beyond what there is.
        package var oversold: [RecordKey: ExactDecimal] = [:]
        /// What is held back for no open order; below nothing where less is held back than orders hold. `nil` where nobody looked.
        package var strays: [RecordKey: ExactDecimal]?
    }

    /// Keys looked at together.
    private static let portion = 500
    /// How long the shop is given to make its index before what is still denied counts as not mended.
    package static let patience: [Duration] = [.zero, .seconds(5), .seconds(15)]

    private let runner: FlowRunner

    package init(runner: FlowRunner) { self.runner = runner }

    /// `nil` where nothing of the flow is for sale. Holds the flow's lease meanwhile, so that no run of ours moves a value between reading it and sending it
    /// once more. What was believed stays as it is: nothing is sent that the shop did not say it holds.
    ///
    /// - Parameter reservations: every product is looked at for reservations that no open order holds, too.
    package func reconcile(_ flow: Flow, scope: Reconciler.Scope, sequel: Sequel, reservations: Bool = false) async throws -> Result? {
        let watched = flow.entities.compactMap { entity in entity.sale.map { (entity.definition.name, $0) } }
        guard sequel != .off, !watched.isEmpty else { return nil }
        return try await runner.withLease(on: flow.name) { lease in
            var result = Result()
            for (entity, sale) in watched {
                result.oversold.merge(try await sale.oversold()) { $1 }
                try await sale.begin(keys: try count(entity, scope), of: try count(entity, .all))
                var keys = try MirrorWalk(runner.ledger, entity: entity, scope)
                while let entries = try keys.next(Self.portion) {
                    let held = Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
                    let seen = try await sale.look(at: held)
                    try lease.proveNow()
                    result.stocked += seen.stocked
                    result.spokenFor += seen.spokenFor
                    let left = sequel == .mend ? try await mend(seen.denied, held, sale) : seen.denied
                    result.denied += left
                    result.mended += seen.denied.filter { !left.contains($0) }
                }
                if reservations, let strays = try await sale.strayReservations() { result.strays = (result.strays ?? [:]).merging(strays) { $1 } }
            }
            return result
        }
    }

    private func count(_ entity: String, _ scope: Reconciler.Scope) throws -> Int {
        let total = try runner.ledger.read { try $0.mirrorCount(entity: entity) }
        return switch scope {
        case .all: total
        case .sample(let size): min(size, total)
        }
    }

    /// The keys that are denied even so.
    private func mend(_ denied: [RecordKey], _ held: [RecordKey: EncodedValue], _ sale: any SaleWatch) async throws -> [RecordKey] {
        guard !denied.isEmpty else { return [] }
        try await sale.renew(denied)
        var left = denied
        for pause in Self.patience where !left.isEmpty {
            if pause > .zero { try await runner.timeline.sleep(pause) }
            let still = left
            left = try await sale.look(at: held.filter { still.contains($0.key) }).denied
        }
        return left
    }
}
