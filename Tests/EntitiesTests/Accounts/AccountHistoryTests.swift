import Domain
import Entities
import Magento
import MagentoSandbox
import Synchronization
import TestKit
import Testing

/// Random customer lists, delivered again and again, to a shop that loses answers.
struct AccountHistoryTests {
    private static let histories = 1_200

    @Test func `E1 F50 F51 F53 whatever answers are lost, each account is one customer with one letter, as its last row says`() async throws {
        let workers = 4
        let problems = try await withThrowingTaskGroup(of: [String].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var problems: [String] = []
                    for seed in stride(from: worker, to: Self.histories, by: workers) { problems += try await Self.play(seed) }
                    return problems
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }

        #expect(problems.isEmpty, "\(problems.prefix(5))")
    }

    private static func play(_ seed: Int) async throws -> [String] {
        let chance = Mutex(SeededRandom(seed: UInt64(seed)))
        func below(_ limit: Int) -> Int { chance.withLock { Int.random(in: 0..<limit, using: &$0) } }
        // Of the accounts, some have registered by themselves, and some are linked already.
        let codes = (1...3).map { "K\($0)" }
        let customers = codes.enumerated().compactMap { index, code -> ShopCustomer? in
            switch below(3) {
            case 0: nil
            case 1: AccountShop.customer(index + 1, "\(code)@x.example")
            default: AccountShop.customer(index + 1, "\(code.uppercased())@X.example", code: code)
            }
        }
        let shop = AccountShop(
            customers,
            mishap: { _ in
                chance.withLock { random in
                    Int.random(in: 0..<3, using: &random) == 0 ? DirectShop.Mishap.lostAnswers[Int.random(in: 0..<4, using: &random)] : nil
                }
            })
        let applier = try await shop.applier()
        let definition = AccountDefinition(AccountShop.rules())

        var wanted: [String: [AccountField: String]] = [:]
        for _ in 0..<(2 + below(4)) {
            let code = codes[below(3)]
            var fields: [AccountField: String] = [
                .group: ["Trade A", "Trade B", "General"][below(3)], .terms: "\(10 * (1 + below(3)))", .creditLimit: "\(below(3) * 500)",
                .stop: "\(below(2))",
            ]
            let before = wanted[code]
            if before == nil { fields.merge([.email: "\(code.lowercased())@x.example", .firstName: "Accounts", .lastName: code]) { $1 } }
            let change = AccountShop.change(code, (before ?? [:]).merging(fields) { $1 }, before: before)
            guard case .applied = try await settle(change, applier, definition) else { return ["\(seed): \(code) was not done"] }
            wanted[code] = (before ?? [:]).merging(fields) { $1 }
        }
        return check(shop, wanted, customers, seed)
    }

    /// As runs do it: what is deferred is looked up by the next, and sent where it is not there.
    private static func settle(_ change: Change, _ applier: AccountApplier, _ definition: AccountDefinition) async throws -> ChangeAnswer {
        for _ in 0..<100 {
            let answer = await applier.apply([change])[0]
            guard case .deferred = answer else { return answer }
            if let held = try await applier.readBack([change]).first, definition.isSatisfied(change.after, by: held.value) {
                return .applied(evidence: "read back")
            }
        }
        return .rejected(RejectReason("NEVER", "it never settles", fix: ""))
    }

    private static func check(
        _ shop: AccountShop, _ wanted: [String: [AccountField: String]], _ before: [ShopCustomer], _ seed: Int
    ) -> [String] {
        var problems: [String] = []
        for (code, fields) in wanted {
            let mine = shop.customers.filter { $0.attributes["erp_account"] == code }
            if mine.count != 1 { problems.append("\(seed): \(code) is \(mine.count) customers") }
            guard let customer = mine.first else { continue }
            let held = [customer.attributes["erp_terms"], customer.attributes["erp_credit"], customer.attributes["erp_stop"] ?? "0"]
            if held != [fields[.terms], fields[.creditLimit], fields[.stop]] { problems.append("\(seed): \(code) holds \(held) for \(fields)") }
            let group = ["Trade A": 4, "Trade B": 5, "General": 1][fields[.group] ?? ""]
            if customer.groupID != group { problems.append("\(seed): \(code) is in group \(customer.groupID)") }
        }
        let made = wanted.keys.filter { code in !before.contains { $0.email.lowercased() == "\(code.lowercased())@x.example" } }.count
        if shop.letters != made { problems.append("\(seed): \(shop.letters) letters for \(made) new customers") }
        if shop.customers.count != before.count + made {
            problems.append("\(seed): \(shop.customers.count) customers of \(before.count) and \(made)")
        }
        return problems
    }
}
