import Domain
import TestKit

@testable import StateStore

/// A ledger of its own for each test.
struct LedgerFixture {
    let folder: TemporaryFolder
    let ledger: Ledger
    let now = UTCInstant(seconds: 1_800_000_000)

    init() throws {
        folder = TemporaryFolder()
        ledger = try Ledger(path: "\(folder.path)/ledger.db", busyTimeout: .milliseconds(50))
    }

    /// - Parameter folder: kept as long as the fixture.
    init(ledger: Ledger, folder: TemporaryFolder) {
        self.ledger = ledger
        self.folder = folder
    }

    /// A run with an open plan of `count` changes, one record each.
    func plannedRun(changes count: Int) throws -> Int64 {
        try ledger.write { writer in
            let run = try writer.startRun(flow: "stock", delivery: nil, cause: "test", at: now).id
            try writer.set(tally: Tally(read: count, counts: [.deferred: count]), run: run, entity: "stock")
            try writer.openPlan(run: run, entity: "stock", mode: .full, version: now)
            try writer.add((0..<count).map { draft("SKU-\($0)", number: $0) }, run: run, entity: "stock", version: now)
            try writer.sealPlan(run: run, entity: "stock", summary: PlanSummary(), findings: [])
            return run
        }
    }

    /// More changes of one record each, as another part of the same plan.
    func addChanges(to run: Int64, named names: [String]) throws {
        try ledger.write { writer in
            let tally = try writer.reader.tally(run: run, entity: "stock") ?? Tally()
            let count = tally.read + names.count
            try writer.set(tally: Tally(read: count, counts: [.deferred: tally[.deferred] + names.count]), run: run, entity: "stock")
            let drafts = names.enumerated().map { draft($0.element, number: tally.read + $0.offset) }
            try writer.add(drafts, run: run, entity: "stock", version: now)
        }
    }

    private func draft(_ name: String, number: Int) -> ChangeDraft {
        let key = RecordKey(name)
        return ChangeDraft(
            key: key, keyHash: KeyHash.of(key.bytes[...]), before: nil, after: [UInt8(number)], evidence: "because",
            origins: [RecordOrigin(number: number + 1, line: number + 2, offset: number * 10, length: 10)], reach: .shop
        )
    }

    func claim(_ run: Int64, limit: Int = 100) throws -> ClaimedChanges {
        try ledger.write { try $0.claim(run: run, entity: "stock", after: 0, limit: limit, now: now) }
    }

    func settle(_ claims: [ClaimedChanges.Claim], in run: Int64, _ answer: ChangeAnswer) throws {
        try ledger.write { writer in
            try writer.settle(
                claims.map { SettledChange(claim: $0, answer: answer, originals: [[1, 2]]) }, run: run, entity: "stock",
                now: now
            )
        }
    }
}
