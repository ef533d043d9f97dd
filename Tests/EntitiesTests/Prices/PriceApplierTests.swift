import Domain
import Magento
import MagentoSandbox
import Testing

@testable import Entities

/// Base prices, special prices and costs on their way into the shop.
struct PriceApplierTests {
    @Test func `a batch of prices arrives in one call with evidence for each`() async throws {
        try await PriceShop.run { shop in
            let answers = await shop.base.apply(PriceShop.changes(10, to: "12.50"))

            #expect(answers.allSatisfy { $0.evidence == "200 [] from base-prices" })
            #expect(shop.price("P-009") == "12.5" && shop.calls == 1)
            #expect(JournalCheck.nothingTwice(shop.shop.journal.entries).isEmpty)
        }
    }

    @Test func `a website's price goes to all of its store views, and only what differs is sent`() async throws {
        try await PriceShop.run { shop in
            let before = [PriceShop.price("10")]
            let after = before + [PriceShop.price("8", .website("trade"))]

            let answers = await shop.base.apply([
                PriceShop.change("P-000", after, from: before), PriceShop.change("P-001", before, from: before),
                PriceShop.change("P-002", [PriceShop.price("8", .website("nowhere"))]),
            ])

            #expect(answers[0].isApplied && answers[1].evidence == "the shop holds it already" && answers[2].rejection?.code == "WEBSITE-GONE")
            #expect(shop.price("P-000", store: 2) == "8" && shop.price("P-000", store: 3) == "8" && shop.price("P-000") == "10")
        }
    }

    @Test func `F55 a success with failures inside is read back, and the failures are laid to their lines`() async throws {
        try await PriceShop.run(prepare: { $0.catalogue.remove("P-003") }) { shop in
            let answers = await shop.base.apply(PriceShop.changes(10, to: "12.50"))

            #expect(answers.indices.filter { answers[$0].rejection != nil } == [3])
            #expect(answers[3].rejection?.text == "Magento refuses the line: Invalid attribute SKU = P-003.")
            #expect(answers[0].evidence == "read back from base-prices" && shop.price("P-009") == "12.5")
            #expect(shop.calls == 2)
        }
    }

    @Test func `F56 what a price can be given to is asked before`() async throws {
        try await PriceShop.run(prepare: { state in
            for (sku, kind) in [("CONF", Product.Kind.configurable), ("KIT", .bundle), ("SET", .bundle), ("GROUP", .grouped)] {
                state.catalogue.add(sku: sku, kind: kind)
            }
            state.catalogue.update("KIT") { $0.hasDynamicPrice = true }
        }) { shop in
            let keys = ["p-000", "NOPE", "CONF", "KIT", "SET", "GROUP"].map { RecordKey($0) }
            func codes(_ standings: [RecordKey: KeyLookup]) -> [String] {
                keys.map { key in
                    switch standings[key] {
                    case .known(let spelling): spelling.text
                    case .unsuitable: "unsuitable"
                    case .leftOut: "left out"
                    case nil: "unknown"
                    }
                }
            }

            let (base, tier, cost) = (
                try await shop.base.lookUp(keys), try await shop.tier.lookUp(keys), try await shop.cost.lookUp(keys)
            )

            #expect(codes(base) == ["P-000", "unknown", "unsuitable", "unsuitable", "SET", "unsuitable"])
            #expect(codes(tier) == ["P-000", "unknown", "unsuitable", "KIT", "SET", "unsuitable"])
            #expect(codes(cost) == ["P-000", "unknown", "unsuitable", "unsuitable", "unsuitable", "unsuitable"])
        }
    }

    @Test func `all prices of the shop are observed as they would be written`() async throws {
        try await PriceShop.run(
            products: 3,
            prepare: { state in
                state.prices.base[.init(product: 1, store: 2)] = Money(8)
                state.prices.base[.init(product: 1, store: 3)] = Money(8)
                state.prices.base[.init(product: 2, store: 2)] = Money(8)
                state.prices.base[.init(product: 2, store: 3)] = Money(9)
            }
        ) { shop in
            let seen = Seen()
            try await shop.base.observe { values in await seen.add(values) }

            let definition = PriceDefinition(PriceRules(kind: .base, terms: PriceTerms(currency: "GBP", zone: shop.zone)))
            let words = await seen.values.map { "\($0.key) \(definition.describe($0.value))" }
            #expect(words == ["P-000 10.00, trade 8.00", "P-001 10.00", "P-002 10.00"])
        }
    }

    actor Seen {
        var values: [ObservedValue] = []
        func add(_ more: [ObservedValue]) { values += more }
    }

    // MARK: Special prices

    private static func offer(_ price: String, _ from: Int64?, _ to: Int64?) -> [PriceEntry] {
        let day = { (number: Int64) in UTCInstant(seconds: 1_795_219_200 + number * 86_400) }
        return [PriceEntry(.init(), .fixed(ExactDecimal(plain: price) ?? -1), window: Window(from: from.map(day), to: to.map(day)))]
    }

    @Test(arguments: [
        (0 as Int64?, 10 as Int64?, "9 2026-11-21 00:00:00 2026-11-30 00:00:00"), (nil, nil, "9 - -"), (0, nil, "9 2026-11-21 00:00:00 -"),
        (nil, 1, "9 - 2026-11-21 00:00:00"),
    ])
    func `C6 a special price is written with its first and last day, whatever was there before`(_ from: Int64?, _ to: Int64?, _ stored: String)
        async throws
    {
        let old = PriceBook.Special(price: Money(7), from: "2025-01-01 00:00:00", to: "2025-02-01 23:59:59")
        try await PriceShop.run(prepare: { $0.prices.special[.init(product: 1, store: 0)] = old }) { shop in
            let change = PriceShop.change("P-000", Self.offer("9", from, to))

            #expect(await shop.special.apply([change]).areAllApplied)
            #expect(shop.special("P-000") == stored)
            let again = await shop.special.apply([change])
            #expect(again.first?.evidence == "the shop holds it already")
            let definition = SpecialPriceDefinition(PriceRules(kind: .special, terms: PriceTerms(currency: "GBP", zone: shop.zone)))
            let held = try #require(try await shop.special.readBack([change]).first)
            #expect(definition.isSatisfied(change.after, by: held.value))
        }
    }

    @Test func `a special price of a website is one of each store view, and an end takes it from all`() async throws {
        try await PriceShop.run { shop in
            let entry = PriceEntry(.init(place: .website("trade")), .fixed(9))

            #expect(await shop.special.apply([PriceShop.change("P-000", [entry])]).areAllApplied)
            #expect(shop.special("P-000", store: 2) == "9 - -" && shop.special("P-000", store: 3) == "9 - -" && shop.special("P-000") == nil)
            let ended = await shop.special.apply([PriceShop.change("P-000", [], from: [entry])])

            #expect(ended.first?.evidence == "read back from special-price")
            #expect(shop.special("P-000", store: 2) == nil && shop.special("P-000", store: 3) == nil)
        }
    }

    // MARK: Costs

    @Test func `costs are written, and put back to nothing where there was none`() async throws {
        try await PriceShop.run { shop in
            let change = PriceShop.change("P-000", [PriceShop.price("4.5")])
            #expect(await shop.cost.apply([change]).areAllApplied)
            #expect(shop.shop.withState { $0.prices.cost.values.map(\.number) } == ["4.5"])
            let definition = CostDefinition(PriceRules(kind: .cost, terms: PriceTerms(currency: "GBP", zone: shop.zone)))
            let undone = Change(
                id: 2, key: change.key, before: change.after, after: try #require(definition.restored(from: change)), version: change.version)

            #expect(await shop.cost.apply([undone]).areAllApplied)
            #expect(shop.shop.withState { $0.prices.cost.isEmpty })
        }
    }

    // MARK: Trouble

    /// Every way of failing at every call of a run; whatever happens, a second attempt ends with the wanted prices.
    @Test(arguments: FaultLoopTests.faults, 1...3)
    func `F50 F51 F53 F54 F57 F61 F65 a price run that meets a fault is made good by the next`(_ fault: Fault, _ hit: Int) async throws {
        try await PriceShop.run(products: 20, faults: [FaultRule(fault, path: "products", hits: hit...hit)]) { shop in
            let changes = (0..<20).map { PriceShop.change(ApplierShop.sku($0), [PriceShop.tier("9"), PriceShop.tier("8", from: 10)]) }
            let bases = PriceShop.changes(20, to: "12")
            let first = (try await shop.tier.apply(changes), await shop.base.apply(bases))
            #expect((first.0 + first.1).allSatisfy { $0.rejection == nil })
            for (number, answer) in first.1.enumerated() where answer.isApplied {
                #expect(shop.price(ApplierShop.sku(number)) == "12")
            }

            let second = (try await shop.tier.apply(changes), await shop.base.apply(bases))

            #expect(second.0.areAllApplied && second.1.areAllApplied)
            #expect((0..<20).allSatisfy { shop.tiers(ApplierShop.sku($0)) == ["Trade A 1 = 9 @0", "Trade A 10 = 8 @0"] })
            #expect((0..<20).allSatisfy { shop.price(ApplierShop.sku($0)) == "12" })
        }
    }

    @Test(arguments: [
        Fault.answer(.maintenance),
        .answer(.json(#"{"message":"The consumer isn't authorized to access %resources.","parameters":{"resources":"x"}}"#, status: 401)),
    ])
    func `F59 F62 a closed shop defers every price and rejects none`(_ fault: Fault) async throws {
        try await PriceShop.run(faults: [FaultRule(fault, method: "POST", path: "products")]) { shop in
            let base = await shop.base.apply(PriceShop.changes(10, to: "12"))
            let tier = try await shop.tier.apply([PriceShop.change("P-000", [PriceShop.tier("9")])])

            #expect((base + tier).allSatisfy { $0.deferral != nil })
        }
    }
}
