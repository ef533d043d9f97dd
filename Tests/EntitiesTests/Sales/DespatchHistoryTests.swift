import Domain
import Entities
import Magento
import MagentoSandbox
import Synchronization
import TestKit
import Testing

/// Random despatches of random orders, delivered again and again, through a shop that loses answers.
struct DespatchHistoryTests {
    private static let histories = 10_000

    @Test func `E1 E2 E3 F50 F51 F53 whatever answers are lost, each despatch is one shipment, row by row, with one letter`() async throws {
        let workers = 4
        let problems = try await withThrowingTaskGroup(of: [String].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var problems: [String] = []
                    for seed in stride(from: worker, to: Self.histories, by: workers) { problems += try await History(seed: seed).play() }
                    return problems
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }

        #expect(problems.isEmpty, "\(problems.prefix(5))")
    }
}

/// One order, its despatches, and what they came to.
private struct History {
    let seed: Int
    private let chance: Chance

    init(seed: Int) {
        self.seed = seed
        chance = Chance(seed: UInt64(seed))
    }

    func play() async throws -> [String] {
        let chance = self.chance
        let skus = Array(["A", "B", "C"].prefix(1 + chance.below(3)))
        let ordered = skus.map { _ in Int64(1 + chance.below(6)) }
        let shop = try SalesShop(
            [zip(skus, ordered).map { OrderDraft.Line($0, Quantity($1)) }],
            mishap: { _ in chance.below(3) == 0 ? DirectShop.Mishap.lostAnswers[chance.below(4)] : nil })
        let applier = shop.applier()
        let calls = CallMemory()

        var accepted: [String: [String: Int64]] = [:]
        var left = Dictionary(uniqueKeysWithValues: zip(skus, ordered))
        for number in 1...(1 + chance.below(4)) {
            var lines: [String: Int64] = [:]
            for sku in skus where chance.below(3) > 0 { lines[sku] = Int64(1 + chance.below(3)) }
            guard !lines.isEmpty else { continue }
            let fits = lines.allSatisfy { $0.value <= left[$0.key] ?? 0 }
            let event = SalesShop.despatch("D\(number)", lines.map { ($0.key, ExactDecimal($0.value)) })
            let answer = try await settle(SalesShop.change(event), applier, calls)
            if fits {
                guard case .applied = answer else { return ["\(seed): \(event.number) was not done: \(answer)"] }
                accepted[event.number] = lines
                for line in lines { left[line.key, default: 0] -= line.value }
                // The ERP delivers it again.
                if chance.below(4) == 0 { _ = try await settle(SalesShop.change(event), applier, calls) }
            } else if case .rejected = answer {
            } else {
                return ["\(seed): \(event.number) has more than is open and was not refused: \(answer)"]
            }
        }
        return check(shop, accepted, ordered: Dictionary(uniqueKeysWithValues: zip(skus, ordered)))
    }

    /// As runs do it: what is deferred is looked up by the next, and sent where it is not there.
    private func settle(_ change: Change, _ applier: SalesEventApplier, _ calls: CallMemory) async throws -> ChangeAnswer {
        while true {
            let answer = try await applier.apply([change], calls)[0]
            guard case .deferred = answer else { return answer }
            if try await applier.readBack([change]).first?.value == change.after { return .applied(evidence: "read back") }
        }
    }

    private func check(_ shop: SalesShop, _ accepted: [String: [String: Int64]], ordered: [String: Int64]) -> [String] {
        var problems: [String] = []
        let shipments = shop.shipments
        for (number, lines) in accepted {
            let mine = shipments.filter { $0.comments.contains { $0.text == "Despatch \(number)" } }
            let shipped = Dictionary(mine.flatMap(\.lines).map { ($0.sku, $0.quantity) }, uniquingKeysWith: { $0 + $1 })
            if mine.count != 1 { problems.append("\(seed): \(number) made \(mine.count) shipments") }
            if shipped != lines.mapValues({ Quantity($0) }) { problems.append("\(seed): \(number) shipped \(shipped) for \(lines)") }
        }
        if shipments.count != accepted.count { problems.append("\(seed): \(shipments.count) shipments of \(accepted.count) despatches") }
        if shop.notifications.count != accepted.count { problems.append("\(seed): \(shop.notifications.count) letters for \(accepted.count)") }
        for (sku, quantity) in ordered {
            let total = shipments.flatMap(\.lines).filter { $0.sku == sku }.reduce(Quantity.zero) { $0 + $1.quantity }
            if total > Quantity(quantity) { problems.append("\(seed): \(total.number) of \(sku) went, \(quantity) were ordered") }
        }
        return problems
    }
}

/// Seeded chance that may be asked from anywhere.
private final class Chance: Sendable {
    private let random: Mutex<SeededRandom>

    init(seed: UInt64) { random = Mutex(SeededRandom(seed: seed)) }

    func below(_ limit: Int) -> Int { random.withLock { Int.random(in: 0..<limit, using: &$0) } }
}
