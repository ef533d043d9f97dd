import Domain
import Foundation
import StateStore
import TestKit

@testable import Reports

/// A ledger with runs as they come to rest, and the desk that tells of them.
struct OutcomeWorld {
    let folder = TemporaryFolder()
    let clock = ManualTimeline(now: UTCInstant(seconds: 1_774_933_500))
    let ledger: Ledger

    init() throws { ledger = try Ledger(path: "\(folder.path)/ledger.db") }

    func desk(
        _ context: ReportPolicy.Occasion = .problems, isPersonal: Bool = false, personalFlows: Set<String> = [],
        rejectFile: MailMessage.Attachment? = nil
    ) -> OutcomeDesk {
        // The addresses are the test's own, so the unwrapping cannot fail.
        OutcomeDesk(
            ledger: ledger, shop: "Acme", zone: TimeZone(identifier: "Europe/London") ?? .gmt, from: MailAddress("tallyman@acme.example")!,
            timeline: clock.timeline,
            policy: { _ in ReportPolicy(recipients: [MailAddress("ops@acme.example")].compactMap { $0 }, context: context) },
            isPersonal: { _ in isPersonal }, personalFlows: personalFlows, rejectFile: { run in run.state == .finished ? rejectFile : nil })
    }

    /// A run of the stock flow with these outcomes, in this state.
    @discardableResult
    func run(
        _ state: Run.State, applied: Int = 0, unchanged: Int = 0, rejected: [RejectReason] = [], deferred: Int = 0, findings: [GateFinding] = [],
        verdict: String? = nil, file: String = "STOCK_20260331.csv", mode: FileMode = .full, lines: Bool = true
    ) throws -> Int64 {
        clock.advance(by: .seconds(900))
        let now = clock.timeline.now()
        return try ledger.write { writer in
            let hash = ContentHash(hex: String(repeating: "3f", count: 32))!  // 64 digits.
            let delivery = try writer.addDelivery(
                flow: "stock", hash: hash, size: 312_448, folder: "out", name: Array(file.utf8), modified: now.adding(.seconds(-300)),
                received: now.adding(.seconds(-60)),
                origin: .endpoint)
            let run = try writer.startRun(flow: "stock", delivery: delivery.id, cause: "schedule", at: now)
            let read = applied + unchanged + rejected.count + deferred
            try writer.set(
                tally: Tally(read: read, counts: [.unchanged: unchanged, .rejected: rejected.count, .deferred: applied + deferred]), run: run.id,
                entity: "stock")
            if unchanged > 0 { try writer.addRange(run: run.id, entity: "stock", outcome: .unchanged, first: 1, last: unchanged, count: unchanged) }
            for (index, reason) in rejected.enumerated() {
                let origin = RecordOrigin(number: unchanged + index + 1, line: lines ? 472 + index : 0, offset: 0, length: 1)
                try writer.add(
                    RecordVerdict(outcome: .rejected, origin: origin, key: RecordKey("SKU-\(index)"), reason: reason, original: [65]), run: run.id,
                    entity: "stock")
            }
            try writer.openPlan(run: run.id, entity: "stock", mode: mode, version: now.adding(.seconds(-300)))
            let origins = (0..<(applied + deferred)).map {
                RecordOrigin(number: unchanged + rejected.count + $0 + 1, line: $0 + 2, offset: 0, length: 1)
            }
            if !origins.isEmpty {
                let key = RecordKey("A\(run.id)")
                let draft = ChangeDraft(
                    key: key, keyHash: KeyHash.of(key.bytes[...]), before: nil, after: [1], evidence: "", origins: origins, reach: .shop)
                try writer.add([draft], run: run.id, entity: "stock", version: now)
            }
            var summary = PlanSummary()
            summary.records = read
            summary.creates = 12
            summary.missing = 3
            summary.toUnavailable = 4
            try writer.sealPlan(run: run.id, entity: "stock", summary: summary, findings: findings)
            if applied > 0 {
                let claimed = try writer.claim(run: run.id, entity: "stock", after: 0, limit: 10, now: now)
                try writer.settle(
                    claimed.claims.map { SettledChange(claim: $0, answer: .applied(evidence: "sent"), originals: []) }, run: run.id, entity: "stock",
                    now: now)
            }
            try writer.set(run: run.id, to: state, verdict: verdict ?? "done", at: now)
            return run.id
        }
    }

    var mails: [(id: Int64, subject: String, text: String)] {
        get throws {
            try ledger.read { try $0.mailCopies(in: .waiting) }.map { ($0.mail, $0.subject, String(decoding: $0.content, as: UTF8.self)) }
        }
    }

    static let unknown = RejectReason(
        "SKU-UNKNOWN", column: "Stock Code", value: "00472", "stock code 00472 is not on the website",
        fix: "create the product in Magento, or leave it out of the export")
    static let number = RejectReason(
        "NUMBER-FORMAT", column: "Qty", value: "1O", "\"1O\" is not a number", fix: "write digits only; a letter O looks like a zero")
}
