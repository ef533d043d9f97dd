package import Domain
package import StateStore

/// What came of one call of a flow: for people, and for the exit code.
package struct FlowReport: Sendable {
    package var flow: String
    package var runs: [RunReport] = []
    /// Files that are there and not finished being written, with the reason.
    package var waitingFiles: [String] = []
    /// What else is worth telling: answers of the ERP, files without one.
    package var notes: [String] = []
    /// Documents of the shop that were looked at and for which there is nothing to do.
    package var looked = 0
    /// What these documents are.
    package var documents = "orders"
    /// What stopped the flow before or between its runs.
    package var trouble: Diagnostic?

    package init(flow: String) { self.flow = flow }
}

/// One run as its books show it.
package struct RunReport: Sendable {
    package var run: Run
    package var fileName: String?
    package var tallies: [(entity: String, tally: Tally)]
    package var plans: [Plan]
    /// Where its time went, and how soon its values were in the shop.
    package var times: RunTimes
    /// The outbound file it made.
    package var consignment: Consignment?
    /// What keeps the run, or part of it, from going on until the next call.
    package var trouble: Diagnostic?
    /// Whether it carries documents out of the shop.
    package var isOutbound = false

    /// Throws `RUN-UNKNOWN`.
    package init(_ id: Int64, _ reader: LedgerReader) throws {
        guard let run = try reader.run(id) else {
            throw Diagnostic("RUN-UNKNOWN", "there is no run \(id)", fix: "`tallyman runs` lists them")
        }
        let delivery = try run.delivery.flatMap { try reader.delivery($0) }
        self.run = run
        fileName = delivery?.displayName
        tallies = try reader.tallies(run: id)
        plans = try reader.plans(run: id)
        times = try reader.times(run: id)
        consignment = try reader.consignment(run: id)
        isOutbound = delivery?.origin == .outbox
    }

    /// Whether it is held for its date alone: whatever is dated before it does not wait for it.
    var isOfTheFuture: Bool {
        let held = plans.filter { $0.state == .held }
        return run.state == .held && !held.isEmpty && held.allSatisfy { $0.findings.map(\.gate) == [Gates.futureGate] }
    }
}

/// What a flow is doing, for a progress display. Not a log: the ledger has the record.
package enum FlowEvent: Sendable {
    case connecting(endpoint: String)
    case downloading(file: String, bytes: Int64)
    case observing(entity: String)
    case reading(records: Int)
    case comparing(entity: String)
    case applying(sent: Int, of: Int)
}
