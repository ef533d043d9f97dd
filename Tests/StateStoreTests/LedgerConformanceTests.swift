import Domain
import TestKit
import Testing

@testable import StateStore

/// The ledger as the engine knows it, in the words of the domain: whatever order work is done in, taken up again in, answered or given up in, the books say what
/// happened. Each history is drawn by chance and held against a model of a few lines.
struct LedgerConformanceTests {
    /// What the ledger promises to remember.
    private struct Model {
        enum Standing: Hashable { case waiting, sent, settled(Outcome) }

        var standings: [RecordKey: Standing] = [:]
        var mirror: [RecordKey: EncodedValue] = [:]
        var open: Set<RecordKey> = []

        func count(_ outcome: Outcome) -> Int { standings.values.count { $0 == .settled(outcome) } }
        var deferred: Int { standings.values.count { $0 == .waiting || $0 == .sent } }
    }

    private static let trouble = Diagnostic("SHOP", "no answer", fix: "wait", kind: .ambiguous)

    private static func answer(_ random: inout SeededRandom) -> ChangeAnswer {
        switch random.next() % 6 {
        case 0: .rejected(RejectReason("X", "no", fix: "none"))
        case 1: .deferred(trouble)
        case 2: .overtaken(evidence: "somebody else")
        case 3: .adjusted(to: [200], evidence: "less than planned")
        default: .applied(evidence: "200 []")
        }
    }

    /// One claim and what becomes of it.
    private static func step(_ ledger: Ledger, _ run: Int64, _ model: inout Model, _ random: inout SeededRandom, now: UTCInstant) throws {
        let limit = 1 + Int(random.next() % 4)
        let after = random.next() % 3 == 0 ? Int64(random.next() % 8) : 0
        let claimed = try ledger.write { try $0.claim(run: run, entity: "stock", after: after, limit: limit, now: now) }
        // Nothing is given out that has its answer, and whatever was sent before says so: it is looked at before it is sent again. So may be what lies before it.
        for claim in claimed.claims {
            let standing = try #require(model.standings[claim.change.key])
            #expect(standing == .waiting || (standing == .sent && claim.isUnsettled), "\(claim.change.key): \(standing)")
            model.standings[claim.change.key] = .sent
        }
        #expect(Set(claimed.claims.map(\.change.id)).count == claimed.claims.count && claimed.claims.count <= limit)
        // The process dies here now and then: nothing is answered.
        guard random.next() % 4 != 0 else { return }
        for claim in claimed.claims where random.next() % 5 != 0 {
            let answer = answer(&random)
            try ledger.write { writer in
                try writer.settle([SettledChange(claim: claim, answer: answer, originals: [[1]])], run: run, entity: "stock", now: now)
            }
            let key = claim.change.key
            switch answer {
            case .applied:
                model.standings[key] = .settled(.applied)
                model.mirror[key] = claim.change.after
            case .adjusted(let value, _):
                model.standings[key] = .settled(.applied)
                model.mirror[key] = value
            case .rejected:
                model.standings[key] = .settled(.rejected)
                model.open.insert(key)
            case .overtaken: model.standings[key] = .settled(.superseded)
            case .deferred: break
            }
            // An answer is final: another one of the same change is refused and moves nothing.
            if case .deferred = answer { continue }
            #expect(throws: Diagnostic.self) {
                try ledger.write { writer in
                    try writer.settle([SettledChange(claim: claim, answer: .applied(evidence: "twice"))], run: run, entity: "stock", now: now)
                }
            }
        }
    }

    private static func check(_ ledger: Ledger, _ run: Int64, _ model: Model, _ names: [RecordKey], _ place: String) throws {
        try ledger.read { reader in
            let tally = try reader.tally(run: run, entity: "stock") ?? Tally()
            #expect(tally.read == names.count && tally.isBalanced, "\(place): \(tally)")
            #expect(tally[.applied] == model.count(.applied) && tally[.rejected] == model.count(.rejected), "\(place): \(tally)")
            #expect(tally[.superseded] == model.count(.superseded) && tally[.deferred] == model.deferred, "\(place): \(tally)")
            #expect(try reader.unbalancedRuns().isEmpty, "\(place)")
            for name in names { #expect(try reader.mirror(entity: "stock", key: name)?.value == model.mirror[name], "\(place): \(name)") }
            #expect(Set(try reader.mirrorEntries(entity: "stock", keys: names).compactMap { $0?.key }) == Set(model.mirror.keys), "\(place)")
            #expect(Set(try reader.errors(limit: 100).compactMap(\.verdict.key)) == model.open, "\(place)")
        }
    }

    @Test(arguments: 1...25 as ClosedRange<UInt64>)
    func `A1 A2 C1 G2 whatever is claimed, answered, refused and taken up again, books, mirror and error queue say what happened`(_ seed: UInt64)
        throws
    {
        var random = SeededRandom(seed: seed)
        let fixture = try LedgerFixture()
        let count = 1 + Int(random.next() % 8)
        let run = try fixture.plannedRun(changes: count)
        let names = (0..<count).map { RecordKey("SKU-\($0)") }
        var model = Model(standings: Dictionary(uniqueKeysWithValues: names.map { ($0, .waiting) }))

        for number in 0..<12 {
            // Another process goes on, with nothing but the file.
            let ledger = random.next() % 3 == 0 ? try Ledger(path: "\(fixture.folder.path)/ledger.db") : fixture.ledger
            try Self.step(ledger, run, &model, &random, now: fixture.now)
            try Self.check(ledger, run, model, names, "seed \(seed), step \(number)")
            // A run with something open cannot be called finished.
            if model.deferred > 0 {
                #expect(throws: Diagnostic.self) {
                    try ledger.write { try $0.set(run: run, to: .finished, verdict: "done", at: fixture.now) }
                }
            }
        }
        // Whoever gives up accounts for the rest in one stroke; then the run can end.
        try fixture.ledger.write { writer in
            try writer.settleRest(of: run, as: .superseded, because: "given up", now: fixture.now)
            try writer.set(run: run, to: .finished, verdict: "done", at: fixture.now)
        }
        for (key, standing) in model.standings where standing == .waiting || standing == .sent { model.standings[key] = .settled(.superseded) }
        try Self.check(fixture.ledger, run, model, names, "seed \(seed), at the end")
        #expect(try fixture.ledger.write { try $0.claim(run: run, entity: "stock", after: 0, limit: 100, now: fixture.now) }.claims.isEmpty)
    }

    @Test func `entries of many keys come in the order they were asked for, in the spelling that the mirror has`() throws {
        let fixture = try LedgerFixture()
        try fixture.ledger.write { writer in
            for key in ["AB", "ab", "CD"] {
                try writer.setMirror(entity: "stock", key: RecordKey(key), value: Array(key.utf8), version: fixture.now, change: nil)
            }
            try writer.setMirror(entity: "price", key: RecordKey("EF"), value: [1], version: fixture.now, change: nil)
        }

        let found = try fixture.ledger.read { try $0.mirrorEntries(entity: "stock", keys: ["cd", "ab", "EF", "AB", "AB"].map { RecordKey($0) }) }

        #expect(found.map { $0?.key } == [RecordKey("CD"), RecordKey("ab"), nil, RecordKey("AB"), RecordKey("AB")])
        #expect(found.map { $0?.value } == ["CD", "ab", nil, "AB", "AB"].map { $0.map { Array($0.utf8) } })
    }
}
