import Domain
import Engine
import Entities
import Foundation
import Magento
import MagentoSandbox
import StateStore
import TestKit
import Testing

/// Despatches, invoices and credit notes through a shop whose gateway gives up on calls that take effect 0 s to 15 min later, with runs
/// at every second: each history draws the seconds of its runs, and one in four hundred runs at each second in turn.
struct LateCommitHistoryTests {
    private static let histories = ProcessInfo.processInfo.environment["TALLYMAN_HISTORIES"].flatMap { Int($0) } ?? 2000

    private static func play(_ wait: Duration, histories: Int) async throws -> (problems: [String], doubles: Int) {
        let workers = 4
        return try await withThrowingTaskGroup(of: (problems: [String], doubles: Int).self) { group in
            for worker in 0..<workers {
                group.addTask {
                    // A world's folder is in memory where the machine offers it.
                    let world = World()
                    let ledger = try world.ledger()
                    var total: (problems: [String], doubles: Int) = ([], 0)
                    for seed in stride(from: worker, to: histories, by: workers) {
                        let (problems, doubles) = try await LateHistory(seed: seed, wait: wait, ledger: ledger).play()
                        total.problems += problems
                        total.doubles += doubles
                    }
                    // Its end removes the folder.
                    withExtendedLifetime(world) {}
                    return total
                }
            }
            return try await group.reduce(into: ([], 0)) { total, part in
                total.0 += part.problems
                total.1 += part.doubles
            }
        }
    }

    @Test func `F52 E1 C2 documents that come 0 s to 15 min late are each made once while the wait is kept, whenever runs look`() async throws {
        let result = try await Self.play(.seconds(1200), histories: Self.histories)

        #expect(result.problems.isEmpty, "\(result.problems.prefix(5))")
        #expect(result.doubles == 0)
    }

    @Test func `F52 I1 with the wait at 0 every document that is there twice is named by the alarm, and no other`() async throws {
        let result = try await Self.play(.zero, histories: Self.histories)

        #expect(result.problems.isEmpty, "\(result.problems.prefix(5))")
        #expect(result.doubles > 50, "histories without a double prove nothing: \(result.doubles)")
    }
}

/// One order, its events of one kind, and when which call takes effect.
private struct LateHistory {
    let seed: Int
    let wait: Duration
    let ledger: Ledger

    func play() async throws -> (problems: [String], doubles: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let kind = [SalesEventKind.despatches, .invoices, .credits][seed % 3]
        let clock = ManualTimeline()
        var state = SlowShop.empty
        let ordered = [("A", Int64(Int.random(in: 1...6, using: &random))), ("B", Int64(Int.random(in: 1...3, using: &random)))]
        try state.place(OrderDraft(ordered.map { OrderDraft.Line($0.0, Quantity($0.1)) }), now: 1_795_223_000)
        let slow = SlowShop(state, clock: clock)
        if kind == .credits { slow.byHand("POST", "/rest/V1/order/1/invoice") }
        // Which sendings are late, and by how much.
        var hit = 0
        for _ in 0..<8 {
            hit += Int.random(in: 1...2, using: &random)
            let answer: ShopAnswer? = Bool.random(using: &random) ? .gatewayTimeout : nil
            let delay = Bool.random(using: &random) ? Int64.random(in: 0...20, using: &random) : Int64.random(in: 0...900, using: &random)
            slow.shop.add(FaultRule(.lateCommit(answer, after: delay), method: "POST", path: "/order/1/", hits: hit...hit))
        }
        let events = events(ordered, &random)
        let applier = applier(kind, slow, clock)
        let book = LedgerCallBook(ledger: ledger, flow: "late", wait: wait, timeline: clock.timeline) { [ledger] body in
            try ledger.write(.operators, body)
        }
        var open = events.enumerated().map { (event: $0.element, change: change($0.element, id: Int64($0.offset + 1))) }
        var problems: [String] = []
        var runs = 0
        while !open.isEmpty, runs < 4000 {
            runs += 1
            clock.advance(by: .seconds(gap(&random)))
            // As the engine does it: what was sent before is looked for first.
            let found = Set(try await applier.readBack(open.map(\.change)).map(\.key))
            open.removeAll { found.contains($0.change.key) }
            try ledger.write(.operators) { try $0.settleCalls(entity: kind.rawValue, keys: Array(found)) }
            let answers = try await applier.apply(open.map(\.change), book)
            for (item, answer) in zip(open, answers) {
                if case .rejected(let reason) = answer, wait > .zero { problems.append("\(seed): \(item.event.number) was rejected: \(reason)") }
            }
            open = zip(open, answers).filter { $0.1.isDeferred }.map(\.0)
            try await applier.review(book)
        }
        if !open.isEmpty { problems.append("\(seed): \(open.count) never came to rest") }
        clock.advance(by: .seconds(3600))
        slow.shop.commitLate()
        try await applier.review(book)
        return check(slow, kind, events, problems)
    }

    private func check(
        _ slow: SlowShop, _ kind: SalesEventKind, _ events: [SalesEvent], _ problems: [String]
    ) -> (problems: [String], doubles: Int) {
        var problems = problems
        var doubles = 0
        let named = (try? ledger.read { try $0.doubledCalls() }) ?? []
        for event in events {
            let mark = "\(kind.noun.prefix(1).uppercased() + kind.noun.dropFirst()) \(event.number)"
            let made = slow.documents(mark)
            if wait > .zero, made.count != 1 { problems.append("\(seed): \(mark) was made \(made.count) times") }
            let alarm = named.first { $0.call.mark == mark }
            if made.count > 1 {
                doubles += 1
                if !made.allSatisfy({ alarm?.documents.contains($0) ?? false }) {
                    problems.append("\(seed): \(mark) is there as \(made), and the alarm says \(alarm?.documents ?? "nothing")")
                }
            } else if let alarm {
                problems.append("\(seed): \(mark) is there once, and the alarm says \(alarm.documents)")
            }
        }
        // The next history begins with an empty memory.
        try? ledger.write(.operators) { try $0.forgetCalls(sentBefore: UTCInstant(milliseconds: .max)) }
        return (problems, doubles)
    }

    private func gap(_ random: inout SeededRandom) -> Int64 {
        if seed % 400 == 0 { return 1 }
        let longest = [2, 60, 300, 900][Int.random(in: 0..<4, using: &random)]
        return Int64.random(in: 1...Int64(longest), using: &random)
    }

    /// They all fit together.
    private func events(_ ordered: [(String, Int64)], _ random: inout SeededRandom) -> [SalesEvent] {
        var left = Dictionary(uniqueKeysWithValues: ordered)
        var events: [SalesEvent] = []
        for number in 1...Int.random(in: 1...3, using: &random) {
            let lines = ordered.compactMap { sku, _ -> SalesEvent.Line? in
                let most = left[sku] ?? 0
                guard most > 0, Bool.random(using: &random) || number == 1 && sku == "A" else { return nil }
                let quantity = Int64.random(in: 1...most, using: &random)
                left[sku] = most - quantity
                return SalesEvent.Line(sku: sku, source: "main", quantity: ExactDecimal(quantity))
            }
            if !lines.isEmpty { events.append(SalesEvent(number: "\(seed)-\(number)", order: "000000001", lines: lines)) }
        }
        return events
    }

    private func applier(_ kind: SalesEventKind, _ slow: SlowShop, _ clock: ManualTimeline) -> SalesEventApplier {
        var rules = SalesEventRules(kind: kind)
        rules.source = kind == .despatches ? "main" : nil
        return SalesEventApplier(client: MagentoClient(transport: slow), rules: rules, timeline: clock.timeline)
    }

    private func change(_ event: SalesEvent, id: Int64) -> Change {
        Change(
            id: id, key: RecordKey(event.number), before: nil, after: event.normalised()?.encoded ?? [],
            version: UTCInstant(seconds: 1_795_230_000))
    }
}

extension ChangeAnswer {
    fileprivate var isDeferred: Bool { if case .deferred = self { true } else { false } }
}
