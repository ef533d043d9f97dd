import Domain
import MagentoSandbox
import TestKit
import Testing

@testable import Entities

/// Random customers, random rows with random gaps, and every set of owned fields: what is not said stays to the letter.
struct AccountPreservationTests {
    private static let owned = AccountField.ownable.map(\.fields)

    @Test func `V3 whatever a row leaves out or the ERP does not own is in the shop as it was`() async throws {
        for seed in 0..<600 {
            var random = SeededRandom(seed: UInt64(seed))
            let customer = Self.customer(&random)
            let fields = Set(Self.owned.filter { _ in Bool.random(using: &random) }.joined())
            let shop = AccountShop([customer])
            let applier = try await shop.applier {
                $0.owned = fields
                $0.attributes[.name] = "erp_name"
                $0.attributes[.parent] = "erp_parent"
            }
            let observed = try await applier.readBack([AccountShop.change("K1", [:])])[0].value
            let before = try AccountValue(encoded: observed)
            let said = Self.row(&random).limited(to: applier.rules.sent)
            let after = before.overlaid(with: said)
            let change = Change(
                id: 1, key: RecordKey("K1"), before: before.encoded, after: after.encoded, version: UTCInstant(seconds: 1_795_230_000))

            let answer = await applier.apply([change])

            guard case .applied? = answer.first else {
                Issue.record("\(seed): \(answer)")
                continue
            }
            let problems = Self.differences(customer, shop.customers[0], said)
            #expect(problems.isEmpty, "\(seed): \(problems) for \(said)")
        }
    }

    private static func customer(_ random: inout SeededRandom) -> ShopCustomer {
        var customer = AccountShop.customer(1, "k1@x.example", code: "K1", group: [1, 4, 5].randomElement(using: &random) ?? 1)
        for code in AccountShop.attributes.dropFirst() where Bool.random(using: &random) {
            customer.attributes[code] = code == "erp_credit" ? "12.5" : code == "erp_stop" ? "1" : "old"
        }
        if Bool.random(using: &random) { customer.taxNumber = "GB1" }
        for number in 0..<Int.random(in: 0...3, using: &random) {
            customer.addresses.append(
                ShopCustomer.Address(
                    id: number + 1, firstName: "F\(number)", lastName: "L", company: Bool.random(using: &random) ? "Old Ltd" : nil,
                    street: ["\(number) Road", "Yard"], city: "Leeds", postcode: "LS1 4AP", country: "GB", region: "West Yorkshire",
                    telephone: "\(number)",
                    isDefaultShipping: number == 1, isDefaultBilling: number == 0))
        }
        return customer
    }

    private static func row(_ random: inout SeededRandom) -> AccountValue {
        var said = AccountValue()
        let values: [AccountField: String] = [
            .email: "new@x.example", .group: "Trade B", .terms: "new", .creditLimit: "7", .stop: "0", .name: "New Ltd", .taxNumber: "GB2",
            .parent: "P1",
        ]
        for (field, text) in values where Bool.random(using: &random) { said[field] = text }
        if Bool.random(using: &random) {
            for field in AccountField.address { said[field] = field == .country ? "GB" : field == .street ? "9 Mill" : "new" }
        }
        return said
    }

    /// What changed though the row did not say so, or did not change though it did.
    private static func differences(_ before: ShopCustomer, _ after: ShopCustomer, _ said: AccountValue) -> [String] {
        var wanted = before
        wanted.updatedAt = after.updatedAt
        wanted.email = said[.email] ?? before.email
        if said[.group] != nil { wanted.groupID = 5 }
        wanted.taxNumber = said[.taxNumber] ?? before.taxNumber
        let places: [(AccountField, String)] = [
            (.terms, "erp_terms"), (.creditLimit, "erp_credit"), (.stop, "erp_stop"), (.name, "erp_name"), (.parent, "erp_parent"),
        ]
        for (field, code) in places {
            // No mark at all and "not on stop" are the same.
            guard let text = said[field], !(field == .stop && before.attributes[code] == nil) else { continue }
            wanted.attributes[code] = text
        }
        var problems: [String] = []
        if said[.street] != nil {
            let billing = after.addresses.first(where: \.isDefaultBilling)
            if billing?.street != ["9 Mill"] || billing?.city != "new" { problems.append("the address is not there") }
            let others = { (customer: ShopCustomer) in customer.addresses.filter { !$0.isDefaultBilling } }
            if others(before) != others(after) { problems.append("other addresses changed") }
            wanted.addresses = after.addresses
        }
        if wanted != after { problems.append("\(wanted) became \(after)") }
        return problems
    }
}
