import Domain
import StateStore

/// Changes and single outcomes on their way into the ledger, written in large transactions: planning touches nothing outside, so it
/// commits coarsely. The tally grows with what is written, so the books balance at every one of these commits too.
struct PlanDraft {
    private static let flushSize = 4000

    private let ledger: Ledger
    private let lease: LeaseKeeper
    private let run: Int64
    private let entity: String
    private var version = UTCInstant(milliseconds: 0)
    /// By their urgency, each in the order of its key hashes.
    private var changes = ChangeUrgency.allCases.map { _ in ChangeDrafts() }
    private var verdicts: [RecordVerdict] = []
    /// Keys whose value is as it was, and told anew.
    private var confirmed: [RecordKey] = []
    private(set) var tally = Tally()

    init(ledger: Ledger, lease: LeaseKeeper, run: Int64, entity: String) {
        self.ledger = ledger
        self.lease = lease
        self.run = run
        self.entity = entity
    }

    /// From here on changes may be added; they carry `version`, the event time of the file.
    mutating func open(mode: FileMode, version: UTCInstant) throws {
        self.version = version
        try ledger.write(as: lease) { writer in
            try writer.openPlan(run: run, entity: entity, mode: mode, version: version)
            try writer.notePlannedMirror(run: run, entity: entity)
        }
    }

    mutating func add(_ change: ChangeDraft) throws {
        changes[Int(change.urgency.rawValue)].append(change)
        try count(change.origins.count)
    }

    /// Adds the change that stands at `index` in `drafts`.
    mutating func add(_ index: Int, of drafts: borrowing ChangeDrafts) throws {
        changes[Int(drafts.urgency(index).rawValue)].append(index, of: drafts)
        try count(drafts.records(index))
    }

    /// The file tells the key's value, which the mirror has already.
    mutating func confirm(_ key: RecordKey) throws {
        confirmed.append(key)
        try flushIfFull()
    }

    private mutating func count(_ records: Int) throws {
        tally.read += records
        tally[.deferred] += records
        try flushIfFull()
    }

    mutating func add(_ verdict: RecordVerdict) throws {
        verdicts.append(verdict)
        tally.read += 1
        tally[verdict.outcome] += 1
        try flushIfFull()
    }

    private mutating func flushIfFull() throws {
        guard changes.reduce(0, { $0 + $1.count }) + verdicts.count + confirmed.count >= Self.flushSize else { return }
        try flush()
    }

    mutating func flush() throws {
        try ledger.write(as: lease) { try write(to: $0) }
        discardWritten()
    }

    /// Writes the rest and seals the plan in one transaction. `unchanged` records are kept as one counted range.
    mutating func seal(
        records: Int, unchanged: Int, summary: PlanSummary, findings: [GateFinding],
        finally: (LedgerWriter) throws -> Void
    ) throws {
        tally.read += unchanged
        tally[.unchanged] += unchanged
        guard tally.isBalanced, tally.read == records else {
            throw Diagnostic(
                "BOOKS-UNBALANCED", "\(records) records were read but \(tally.read) are accounted for (\(tally))",
                fix: "nothing was sent; this is a fault of the program: keep the file and report it"
            )
        }
        try ledger.write(as: lease) { writer in
            try write(to: writer)
            if unchanged > 0 {
                try writer.addRange(
                    run: run, entity: entity, outcome: .unchanged, first: 1, last: records, count: unchanged
                )
            }
            try writer.sealPlan(run: run, entity: entity, summary: summary, findings: findings)
            try finally(writer)
        }
        discardWritten()
    }

    private func write(to writer: LedgerWriter) throws {
        try writer.set(tally: tally, run: run, entity: entity)
        for (urgency, drafts) in zip(ChangeUrgency.allCases, changes) {
            try writer.add(drafts, run: run, entity: entity, version: version, urgency: urgency)
        }
        for verdict in verdicts { try writer.add(verdict, run: run, entity: entity) }
        try writer.confirmMirror(confirmed, entity: entity, told: version, by: run)
    }

    private mutating func discardWritten() {
        for index in changes.indices { changes[index].removeAll() }
        verdicts.removeAll(keepingCapacity: true)
        confirmed.removeAll(keepingCapacity: true)
    }
}
