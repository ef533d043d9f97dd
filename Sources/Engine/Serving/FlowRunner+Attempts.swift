package import Domain
import StateStore

extension FlowRunner {
    /// Writes down what an attempt met: the alarms of the other sides are judged by it. A flow that is busy elsewhere tells
    /// nothing of them; for how long it was busy is noted.
    package func note(_ trouble: Diagnostic?, of flow: String, _ board: SignalBoard) throws {
        try board.write(to: ledger)
        let now = timeline.now()
        guard trouble?.code != "FLOW-BUSY", trouble?.code != "LEASE-LOST" else {
            return try ledger.write(.signs) { try $0.record(reading: .busy, flow, text: "another process has it in hand", at: now) }
        }
        try ledger.write(.signs) { writer in
            try writer.record(reading: .busy, flow, at: now)
            try writer.record(reading: .attempt, flow, text: trouble.map { "\($0.code): \($0.summary)" } ?? "", at: now)
            if trouble == nil { try writer.record(reading: .success, flow, at: now) }
        }
    }
}
