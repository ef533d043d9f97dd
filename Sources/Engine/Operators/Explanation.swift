package import Domain
package import Endpoints
package import StateStore

/// The answer to "why does the shop show this?": file, line, bytes, formula, run and time behind a value.
package struct Explanation: Sendable {
    package struct Step: Sendable {
        package var change: PlannedChange
        package var run: Run
        package var fileName: String?
        /// The records it was computed from, with their bytes as delivered; no bytes where the spool has let them go.
        package var records: [(origin: RecordOrigin, bytes: [UInt8]?)]
        package var before: String?
        package var after: String
    }

    package var key: RecordKey
    package var entity: String
    /// What we believe the shop holds now.
    package var current: String?
    /// Where that value is the shop's own, found by a comparison: it then follows from none of the steps.
    package var adopted: (reconciliation: Int64, at: UTCInstant)?
    /// When it was set, newest first.
    package var steps: [Step]
    /// Rejected records of the key that still wait for someone.
    package var openErrors: [QueuedError]
}

/// Answers where values and orders come from, out of one state of the books and the files that are still in the spool.
package struct Explainer {
    let reader: LedgerReader
    let spool: Spool

    package init(_ reader: LedgerReader, spool: Spool) {
        self.reader = reader
        self.spool = spool
    }
}

extension FlowRunner {
    /// Explains `key` as it stood at `time`, or now.
    package func explain(_ key: RecordKey, entity: any EntityDefinition, at time: UTCInstant? = nil) throws -> Explanation {
        try ledger.read { try Explainer($0, spool: spool).explain(key, entity: entity, at: time) }
    }

    /// Empty where no outbound flow knows the number.
    package func explain(document identity: RecordKey) throws -> [OutboundExplanation] {
        try ledger.read { try Explainer($0, spool: spool).explain(document: identity) }
    }
}

extension Explainer {
    /// Explains `key` as it stood at `time`, or now.
    package func explain(_ key: RecordKey, entity: any EntityDefinition, at time: UTCInstant? = nil) throws -> Explanation {
        let held = try reader.mirror(entity: entity.name, key: key)
        let changes = try reader.changes(entity: entity.name, key: held?.key ?? key, limit: 20).filter { change in
            guard let time else { return true }
            return (change.answered ?? time) <= time
        }
        let steps = try changes.compactMap { try step($0, entity) }
        let adoption = try held.flatMap { try reader.adoption(entity: entity.name, key: $0.key) }
        let isAdopted = time == nil && adoption != nil && adoption?.value == held?.value
        let applied = time == nil ? nil : steps.first { $0.change.outcome == .applied }?.after
        return Explanation(
            key: key, entity: entity.name, current: time == nil ? held.map { entity.describe($0.value) } : applied,
            adopted: isAdopted ? adoption.map { ($0.reconciliation, $0.at) } : nil, steps: steps,
            openErrors: try reader.openErrors(key: key)
        )
    }

    private func step(
        _ change: PlannedChange, _ entity: any EntityDefinition
    ) throws -> Explanation.Step? {
        guard let run = try reader.run(change.run) else { return nil }
        let delivery = try run.delivery.flatMap { try reader.delivery($0) }
        // Bytes that are not those which came would be a lie about what was delivered.
        let path = delivery.flatMap { try? spool.provenPath(of: $0.hash) }
        let records = change.origins.map { origin in
            (origin: origin, bytes: path.flatMap { try? DeliveryBytes(path: $0).bytes(of: origin) })
        }
        return Explanation.Step(
            change: change, run: run, fileName: delivery?.displayName, records: records,
            before: change.change.before.map { entity.describe($0) }, after: entity.describe(change.change.after)
        )
    }
}
