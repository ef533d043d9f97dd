import Domain
import MagentoSandbox
import Testing

@testable import Magento

/// The typed price calls over real HTTP against the stand-in shop.
struct PriceCallTests {
    private let odd = ["AB/1000", "WS 4.0X40", "CAFE-TBL-60", "4006381333931"]

    private func failures(_ answer: PriceAnswer) -> Int? { if case .done(let failures) = answer { failures.count } else { nil } }

    @Test(arguments: ["0.000001", "12.345678", "19.99", "0", "1000000"])
    func `C7 a price arrives exactly as it was sent and comes back so`(_ text: String) async throws {
        try await SandboxedShop.run { shop in
            let price = try #require(ExactDecimal(plain: text))
            let rows = odd.map { BasePrice(sku: $0, price: price) }

            #expect(await failures(shop.client.basePrices.save(rows)) == 0)

            let saved = try await Set(shop.client.basePrices.find(odd + ["NOPE"]))
            #expect(saved == Set(rows))
        }
    }

    @Test func `special prices are saved, read and deleted in whole`() async throws {
        try await SandboxedShop.run { shop in
            let window = SpecialPrice(sku: "AB/1000", price: 1, from: "2026-11-01 00:00:00", to: "2026-11-30 00:00:00")
            let always = SpecialPrice(sku: "AB/1200", price: 1)

            #expect(await failures(shop.client.specialPrices.save([window, always])) == 0)
            let held = try await shop.client.specialPrices.find(["AB/1000", "AB/1200"])
            #expect(Set(held) == [window, always])
            #expect(await failures(shop.client.specialPrices.delete([window])) == 0)
            let left = try await shop.client.specialPrices.find(["AB/1000", "AB/1200"])
            #expect(left == [always])
        }
    }

    @Test func `tier prices are added, replaced and taken away`() async throws {
        try await SandboxedShop.run { shop in
            let tiers = shop.client.tierPrices
            let rows = [
                TierPrice(sku: "AB/1000", group: "trade a", value: .fixed(1)),
                TierPrice(sku: "AB/1000", group: "Trade B", quantity: 10, value: .discount(ExactDecimal(plain: "12.5") ?? 0)),
                TierPrice(sku: "AB/1000", group: TierPrice.allGroups, quantity: 100, value: .fixed(ExactDecimal(plain: "0.99") ?? 0)),
            ]

            #expect(await failures(tiers.save(rows)) == 0)
            let added = try await tiers.find(["AB/1000"]).map(\.group)
            #expect(added == ["Trade A", "Trade B", "all groups"])
            #expect(await failures(tiers.delete([rows[1]])) == 0)
            let remaining = try await tiers.find(["AB/1000"]).count
            #expect(remaining == 2)
            #expect(await failures(tiers.replaceAll([rows[1]])) == 0)
            let replaced = try await tiers.find(["AB/1000"])
            #expect(replaced == [rows[1]])
        }
    }

    @Test func `an unknown SKU among tier prices leaves everything as it was`() async throws {
        try await SandboxedShop.run { shop in
            let rows = ["AB/1000", "NOPE"].map { TierPrice(sku: $0, group: "Trade A", value: .fixed(1)) }

            let answer = await shop.client.tierPrices.save(rows)

            guard case .notDone(let refusal) = answer else { throw Unexpected() }
            #expect(refusal.reason == .notFound && refusal.kind == .permanent)
        }
    }

    @Test func `costs are saved, read and deleted`() async throws {
        try await SandboxedShop.run { shop in
            let rows = odd.map { ProductCost(sku: $0, cost: 2) }

            #expect(await failures(shop.client.costs.save(rows)) == 0)
            let costs = try await Set(shop.client.costs.find(odd))
            #expect(costs == Set(rows))
            #expect(await failures(shop.client.costs.delete([odd[0]])) == 0)
            let rest = try await Set(shop.client.costs.find(odd))
            #expect(rest == Set(rows.dropFirst()))
        }
    }

    @Test(arguments: [
        (Fault.answer(.json("{}")), true), (.answer(.json(#"[{"sku":"A"}]"#)), true), (.answer(.json("[]", status: 502)), true),
        (.commitThenDrop, true), (.answer(.maintenance), false), (.deadlock, false),
    ])
    func `F50 F65 what is no list of failures leaves a write unknown`(_ fault: Fault, _ isUnknown: Bool) async throws {
        try await SandboxedShop.run(faults: [FaultRule(fault, path: "base-prices")]) { shop in
            let answer = await shop.client.basePrices.save([BasePrice(sku: "AB/1000", price: 1)])

            switch answer {
            case .unknown: #expect(isUnknown)
            case .notDone: #expect(!isUnknown)
            case .done: throw Unexpected()
            }
        }
    }

    struct Unexpected: Error {}

    @Test func `groups, tax classes, options and websites are told by name`() async throws {
        try await SandboxedShop.run { shop in
            let groups = try await shop.client.customerGroups.all().map(\.code)
            #expect(groups == ["NOT LOGGED IN", "General", "Wholesale", "Retailer", "Trade A", "Trade B"])
            let classes = try await shop.client.taxClasses.ofProducts()
            #expect(classes == ["Taxable Goods": 2])
            let brass = try await shop.client.attributeOptions.options(of: "colour")?["Brass"]
            #expect(brass == "12")
            let free = try await shop.client.attributeOptions.options(of: "supplier_reference")
            #expect(free == [:])
            let unknown = try await shop.client.attributeOptions.options(of: "nope")
            #expect(unknown == nil)
            let views = try await shop.client.stores.views().map(\.code)
            #expect(views == ["default"])
            let websites = try await shop.client.stores.websites().map(\.code)
            #expect(websites == ["base"])
        }
    }

    @Test func `two options of one label are neither of them`() async throws {
        var state = ShopState.demo
        state.attributes[0].options.append(.init("Brass", id: 99))
        try await SandboxedShop.run(state) { shop in
            let options = try await shop.client.attributeOptions.options(of: "colour")

            #expect(options?["Brass"] == nil && options?["Black"] == "11")
        }
    }

    @Test func `a product is saved with exactly the fields given, for all stores`() async throws {
        try await SandboxedShop.run { shop in
            let fields = ProductFields(name: "Hinge \"75\"", weight: ExactDecimal(plain: "0.25"), status: .disabled, attributes: ["colour": "12"])

            #expect(await shop.client.products.save(sku: "AB/1000", fields).refusal == nil)

            let found = try await shop.client.products.find(["AB/1000", "a,b", "NOPE"])
            #expect(found.keys.sorted() == ["AB/1000"])
            #expect(found["AB/1000"]?.name == "Hinge \"75\"" && found["AB/1000"]?.status == .disabled)
            #expect(found["AB/1000"]?.weight == fields.weight && found["AB/1000"]?.attributes["colour"] == "12")
            let writes = shop.shop.journal.entries.compactMap { if case .committed(let items) = $0.event { items } else { nil } }
            #expect(writes.flatMap { $0 } == [JournalItem(key: "product:AB/1000@0", value: "attribute.colour name sku status weight")])
        }
    }

    @Test(arguments: [false, true])
    func `a product that is not there is made only where its making is given`(_ isCreating: Bool) async throws {
        try await SandboxedShop.run { shop in
            let creation = isCreating ? ProductFields.Creation(attributeSet: 4) : nil
            let fields = ProductFields(name: "New", status: .disabled, creation: creation)

            let answer = await shop.client.products.save(sku: "NEW/1", fields)

            #expect((answer.refusal == nil) == isCreating)
            #expect(shop.shop.withState { $0.catalogue["NEW/1"]?.isEnabled } == (isCreating ? false : nil))
        }
    }
}
