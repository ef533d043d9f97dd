package import Domain
import StateStore

extension FlowRunner {
    /// Writes down what an attempt met: the alarms of the other sides are judged by it. A flow that is busy elsewhere tells
    /// nothing of them.
    package func note(_ trouble: Diagnostic?, of flow: String, _ board: SignalBoard) throws {
        try board.write(to: ledger)
        guard trouble?.code != "FLOW-BUSY", trouble?.code != "LEASE-LOST" else { return }
        let now = timeline.now()
        try ledger.write { writer in
            try writer.read(.attempt, flow, text: trouble.map { "\($0.code): \($0.summary)" } ?? "", at: now)
            if trouble == nil { try writer.read(.success, flow, at: now) }
        }
    }
}
