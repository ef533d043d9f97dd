import Domain
import Foundation
import Magento
import MagentoSandbox
import Testing

@testable import Entities

/// Group prices and quantity breaks on their way into the shop.
struct TierPriceApplierTests {
    @Test func `C5 rows are added, changed and taken away until the file's set stands, and other groups' rows stay`() async throws {
        try await PriceShop.run(prepare: { state in
            for (group, quantity, price) in [(4, 1, 9), (4, 10, 8), (2, 1, 7)] {
                state.prices.upsert(.init(audience: .group(group), quantity: Quantity(Int64(quantity)), value: .fixed(Money(Int64(price)))), of: 1)
            }
        }) { shop in
            let change = PriceShop.change("P-000", [PriceShop.tier("8.50"), PriceShop.tier("7.50", "Trade B", from: 5)])

            let answers = try await shop.tier.apply([change])

            #expect(answers.first?.evidence == "read back from tier-prices")
            #expect(shop.tiers("P-000") == ["Trade A 1 = 8.5 @0", "Wholesale 1 = 7 @0", "Trade B 5 = 7.5 @0"])
            #expect(try await shop.tier.apply([change]).first?.evidence == "the shop holds it already")
        }
    }

    /// Where: which rows are there, and what is to stay, each of group Trade A from 1.
    @Test(
        arguments: [
            ([(1, "3"), (2, "3")], [("base", "3")], ["Trade A 1 = 3 @1"]), ([(1, "3"), (2, "3")], [("trade", "3")], ["Trade A 1 = 3 @2"]),
            ([(0, "0")], [("base", "2")], ["Trade A 1 = 2 @1"]),
            ([(0, "5")], [("base", "5"), ("trade", "4")], ["Trade A 1 = 5 @1", "Trade A 1 = 4 @2"]),
        ] as [([(Int, String)], [(String, String)], [String])])
    func `a row that a delete cannot name is taken away by replacing the whole set`(
        _ present: [(Int, String)], _ wanted: [(String, String)], _ left: [String]
    ) async throws {
        try await PriceShop.run(prepare: { state in
            for (website, price) in present {
                state.prices.upsert(.init(website: website, audience: .group(4), value: .fixed(Money(numeric: price) ?? .zero)), of: 1)
            }
        }) { shop in
            let entries = wanted.map { PriceShop.tier($0.1, at: .website($0.0)) }

            let answers = try await shop.tier.apply([PriceShop.change("P-000", entries)])

            #expect(answers.areAllApplied)
            #expect(shop.tiers("P-000") == left)
        }
    }

    @Test func `a price of nothing that cannot be deleted is said so`() async throws {
        try await PriceShop.run(prepare: { $0.prices.upsert(.init(audience: .group(4), value: .fixed(.zero)), of: 1) }) { shop in
            let answers = try await shop.tier.apply([PriceShop.change("P-000", [])])

            #expect(answers.first?.rejection?.code == "TIER-STUCK")
        }
    }

    private func changes(_ count: Int) -> [Change] {
        (0..<count).map { PriceShop.change(ApplierShop.sku($0), [PriceShop.tier("9")], id: Int64($0)) }
    }

    @Test(arguments: [0, 1, 249, 250, 499], [MagentoRelease.v244, .v247])
    func `F58 one unknown SKU in a tier batch of 500 costs that row only, within the allowed number of calls`(
        _ bad: Int, _ release: MagentoRelease
    ) async throws {
        try await PriceShop.run(
            products: 500,
            prepare: { state in
                state.release = release
                state.catalogue.remove(ApplierShop.sku(bad))
            }
        ) { shop in
            let answers = try await shop.tier.apply(changes(500))

            #expect(answers.indices.filter { !answers[$0].isApplied } == [bad])
            #expect(answers[bad].rejection?.code == "SHOP-REFUSED")
            // Groups, the present rows and the save itself are no extra calls.
            let extra = shop.calls - 3
            #expect(extra <= 2 * Int(log2(500.0)) + 1, "\(extra) extra calls")
        }
    }

    @Test(arguments: [1, 7, 40])
    func `F58 several bad rows of a tier batch are all found and no good one is lost`(_ count: Int) async throws {
        try await PriceShop.run(
            products: 200,
            prepare: { state in
                for number in 0..<count { state.catalogue.remove(ApplierShop.sku(number * 5)) }
            }
        ) { shop in
            let answers = try await shop.tier.apply(changes(200))

            #expect(answers.indices.filter { !answers[$0].isApplied } == (0..<count).map { $0 * 5 })
            #expect(answers.allSatisfy { $0.isApplied || $0.rejection != nil })
        }
    }

    @Test func `F58 a call refused for a reason that nobody can tell is cut until the bad row stands alone`() async throws {
        let refusal = FaultRule(
            .answer(.json(#"{"message":"Something is wrong."}"#, status: 400)), path: "tier-prices", body: "\"P-123\",\"customer_group")
        try await PriceShop.run(products: 500, faults: [refusal]) { shop in
            let answers = try await shop.tier.apply(changes(500))

            #expect(answers.indices.filter { !answers[$0].isApplied } == [123])
            #expect(shop.calls - 3 <= 2 * Int(log2(500.0)) + 2, "\(shop.calls - 3) extra calls")
        }
    }

    @Test func `F57 a price call that fails whole and passes in parts has rejected nobody: guilt is never inferred`() async throws {
        let refusal = FaultRule(
            .answer(.json(#"{"message":"Something is wrong."}"#, status: 400)), path: "tier-prices", body: "customer_group", hits: 1...1)
        try await PriceShop.run(products: 500, faults: [refusal]) { shop in
            let answers = try await shop.tier.apply(changes(64))

            #expect(answers.areAllApplied, "\(answers.compactMap(\.rejection))")
        }
    }

    // MARK: Pins

    private static let groups = [("NOT LOGGED IN", 0), ("General", 1), ("Trade A", 4), ("Trade B", 5)]
        .map { CustomerGroups.Group(id: $0.1, code: $0.0) }

    @Test(
        arguments: [
            (["Trade A": 4], ["Trade A", "trade b"], GroupPins.Audience.trade, nil), ([:], ["Trade A"], .trade, nil),
            ([:], ["Trade Z"], .trade, "GROUP-UNKNOWN"), (["Trade A": 5], ["Trade A"], .trade, "GROUP-CHANGED"),
            (["Trade Gold": 4], ["Trade Gold"], .trade, "GROUP-CHANGED"), (["Trade A": 99], ["Trade A"], .trade, "GROUP-CHANGED"),
            ([:], ["not logged in"], .trade, "GROUP-PUBLIC"), ([:], ["ALL GROUPS"], .trade, "GROUP-PUBLIC"),
            ([:], ["all groups", "NOT LOGGED IN"], .public, nil),
        ] as [([String: Int], Set<String>, GroupPins.Audience, String?)])
    func `V1 a group that is not what it was, or is everybody, stops the job`(
        _ pinned: [String: Int], _ names: Set<String>, _ audience: GroupPins.Audience, _ code: String?
    ) {
        var found: String?
        var pins: GroupPins?
        do throws(Diagnostic) { pins = try GroupPins(pinned).resolved(names, in: Self.groups, audience: audience) } catch { found = error.code }

        #expect(found == code)
        if code == nil { #expect(pins.map { names.isSubset(of: $0.ids.keys) } == true) }
    }

    @Test func `pins survive their bytes`() throws {
        let pins = GroupPins(["Trade A": 4, "Ünï": 5, "ALL GROUPS": 32000])

        #expect(try GroupPins(encoded: pins.encoded) == pins)
        #expect(throws: (any Error).self) { try GroupPins(encoded: [9]) }
    }

    @Test func `V1 a group renamed during the job stops it before anything is sent`() async throws {
        try await PriceShop.run(prepare: { state in
            state.customerGroups[4].code = "Trade Gold"
            state.customerGroups[1].code = "Trade A"
        }) { shop in
            await #expect { try await shop.tier.apply(changes(3)) } throws: { ($0 as? Diagnostic)?.code == "GROUP-CHANGED" }

            #expect(shop.tiers("P-000").isEmpty)
        }
    }
}
