import Domain
import Magento
import MagentoSandbox
import TestKit
import Testing

@testable import Entities

/// What test accounts of the shop see beside a guest (reliability 5, layer 4).
struct ShopperCheckTests {
    private static let plain = shopper("retail")
    private static let tradeA = shopper("a", group: "Trade A")

    private static func shopper(_ name: String, group: String? = nil) -> Shopper {
        Shopper(name: name, email: "\(name)@test.example", password: .secret("hush-\(name)"), group: group)
    }

    /// A shop with an account in no group, one in Trade A and one in Trade B.
    private func look(
        _ shoppers: [Shopper] = [plain, tradeA], _ audience: GroupPins.Audience = .trade,
        _ body: (GuestCheck, PriceShop) async throws -> Void
    ) async throws {
        try await PriceShop.run(
            products: 3,
            prepare: { state in
                for (id, name, group) in [(1, "retail", 1), (2, "a", 4)] {
                    state.customers.append(
                        ShopCustomer(id: id, email: "\(name)@test.example", firstName: "T", lastName: "T", groupID: group))
                    state.access.customerPasswords["\(name)@test.example"] = "hush-\(name)"
                }
            }
        ) { shop in
            let check = GuestCheck(
                endpoint: shop.endpoint, catalogue: shop.client.catalogue, settings: .init(settle: .zero, shoppers: shoppers),
                audience: audience, timeline: shop.timeline
            ) { Secret($0.text("env") ?? "") }
            try await body(check, shop)
        }
    }

    private let keys = [RecordKey("P-000"), RecordKey("P-001")]

    /// What is found wrong after Trade A's 6 and Trade B's 5 went out and the shop was spoiled by `markIncomplete`.
    private func found(
        _ shoppers: [Shopper] = [plain, tradeA], markIncomplete: @escaping @Sendable (inout ShopState) -> Void = { _ in }
    ) async throws -> String? {
        var found: String?
        try await look(shoppers) { check, shop in
            let sent = PriceShop.change("P-000", [PriceShop.tier("6"), PriceShop.tier("5", "Trade B")])
            let before = try await check.view(of: keys, .before)
            #expect(try await shop.tier.apply([sent]).areAllApplied)
            shop.shop.withState(markIncomplete)
            let after = try await check.view(of: keys, .after)
            found = after[keys[0]].flatMap { check.violation(sent, before: before[keys[0]], now: $0) }
        }
        return found
    }

    @Test func `C176 an account that gets its own group's price disturbs nobody`() async throws {
        #expect(try await found() == nil)
    }

    @Test func `V1 an account that gets another group's price is seen`() async throws {
        let found = try await found { $0.customers[1].groupID = 5 }

        #expect(found == "P-000: the account a gets 5.00 by GraphQL, before it was 10.00")
    }

    @Test func `V1 an account like everybody's that gets a trade price is seen`() async throws {
        let found = try await found { $0.customers[0].groupID = 4 }

        #expect(found == "P-000: the account retail gets 6.00 by GraphQL, before it was 10.00")
    }

    @Test func `a group's discount on the public price is the group's own`() async throws {
        try await look { check, shop in
            let sent = PriceShop.change("P-000", [PriceEntry(.init(group: "Trade A"), .discount(20))])
            let before = try await check.view(of: keys, .before)
            #expect(try await shop.tier.apply([sent]).areAllApplied)
            let after = try await check.view(of: keys, .after)

            #expect(after[keys[0]] != before[keys[0]])
            #expect(after[keys[0]].flatMap { check.violation(sent, before: before[keys[0]], now: $0) } == nil)
        }
    }

    // MARK: Between plans

    private func standing(_ price: String, _ entries: [PriceEntry], tax: Int64 = 0) async throws -> String? {
        var found: String?
        try await look { check, shop in
            shop.shop.withState { $0.configuration.displayedTax = Money(tax) }
            #expect(try await shop.tier.apply([PriceShop.change("P-000", [PriceShop.tier(price)])]).areAllApplied)
            let held = [
                PriceKind.base.rawValue: PriceShop.change("P-000", [PriceShop.price("10")]).after,
                PriceKind.tier.rawValue: PriceShop.change("P-000", entries).after,
            ]
            found = try await check.view(of: keys, .before)[keys[0]].flatMap { check.violation(standing: keys[0], held: held, now: $0) }
        }
        return found
    }

    @Test func `C176 C190 an account that gets more or less than its group's price is seen between plans`() async throws {
        #expect(try await standing("6", [PriceShop.tier("6")]) == nil)
        #expect(try await standing("7", [PriceShop.tier("6")]) == "P-000: the account a gets 7.00 by GraphQL, its group's price is 6.00")
        #expect(try await standing("5", [PriceShop.tier("6")]) == "P-000: the account a gets 5.00 by GraphQL, its lowest price is 6.00")
    }

    @Test func `C190 a shop that shows tax charges no account too much for that`() async throws {
        #expect(try await standing("6.33", [PriceShop.tier("6.33")], tax: 20) == nil)
        #expect(try await standing("7", [PriceShop.tier("6")], tax: 20) == "P-000: the account a gets 8.40 by GraphQL, its group's price is 6.00")
    }

    @Test func `C190 what another group's list says is no account's own`() async throws {
        let found = try await standing("6", [PriceShop.tier("6", "Trade B")])

        #expect(found == "P-000: the account a gets 6.00 by GraphQL, its lowest price is 10.00")
    }

    // MARK: Signing in

    @Test func `S7 an account that the shop does not sign in is named, its password is not`() async throws {
        var wrong = Self.tradeA
        wrong.password = .secret("of-yesterday")
        try await look([wrong]) { check, shop in
            await #expect { try await check.view(of: keys, .before) } throws: { error in
                let diagnostic = error as? Diagnostic
                return diagnostic?.code == "SHOP-SIGN-IN" && diagnostic?.kind == .transient
                    && "\(error)".contains("a@test.example") && !"\(error)".contains("of-yesterday")
            }
        }
    }
}

extension SettingNode {
    /// The name of a secret that is its own value, for looks without a store of secrets.
    fileprivate static func secret(_ value: String) -> SettingNode {
        SettingNode(.map([("env", SettingNode(.scalar(value), at: .init(file: "test")))]), at: .init(file: "test"))
    }
}
