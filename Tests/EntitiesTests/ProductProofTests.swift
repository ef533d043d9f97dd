import Domain
import Entities
import Magento
import MagentoSandbox
import Testing

/// Known products are proved by the cheapest question, all others by the search; what the cheap question cannot tell is found all the same.
struct ProductProofTests {
    private static func asked(_ shop: ApplierShop, _ route: String) -> Int {
        shop.shop.journal.entries.count { $0.event == .arrived && $0.path.hasSuffix(route) }
    }

    private static func known(_ skus: [String], in shop: ApplierShop, spelled: [String: String] = [:]) -> [UnconfirmedKey] {
        skus.map { sku in
            var value = (try? StockValue(encoded: shop.value(1))) ?? StockValue(levels: [])
            value.spelling = spelled[sku].map { RecordKey($0) }
            return UnconfirmedKey(key: RecordKey(sku), value: value.encoded, isKnown: true)
        }
    }

    private static func spellings(_ standings: [RecordKey: KeyLookup]) -> [String: String] {
        var spellings: [String: String] = [:]
        for (key, lookup) in standings { if case .known(let spelling) = lookup { spellings[key.text] = spelling.text } }
        return spellings
    }

    @Test func `known products are asked for by their base prices in parts of 500, and none of them is searched for`() async throws {
        try await ApplierShop.run(products: 1200) { shop in
            let keys = Self.known((0..<1200).map(ApplierShop.sku), in: shop)

            let standings = try await shop.applier.lookUp(keys)

            #expect(standings.count == 1200)
            #expect(Self.asked(shop, "base-prices-information") == 3 && Self.asked(shop, "/products") == 0)
        }
    }

    @Test func `new products are searched for only, and what the cheap question leaves out is searched for too`() async throws {
        try await ApplierShop.run(prepare: { $0.catalogue.add(sku: "SET-1", kind: .configurable) }) { shop in
            let keys = Self.known(["P-000", "GONE", "SET-1"], in: shop) + [UnconfirmedKey(key: RecordKey("P-001"), value: shop.value(1))]

            let standings = try await shop.applier.lookUp(keys)

            #expect(Self.spellings(standings) == ["P-000": "P-000", "P-001": "P-001"])
            #expect(standings[RecordKey("GONE")] == nil)
            guard case .unsuitable = standings[RecordKey("SET-1")] else { return #expect(Bool(false), "a composite has no stock of its own") }
            #expect(Self.asked(shop, "base-prices-information") == 1 && Self.asked(shop, "/products") == 1)
        }
    }

    @Test func `a product is asked for as the shop spells it, and keeps that spelling`() async throws {
        try await ApplierShop.run(prepare: { $0.catalogue.add(sku: "CAFÉ-1") }) { shop in
            let keys = Self.known(["p-000", "café-1"], in: shop, spelled: ["p-000": "P-000", "café-1": "CAFÉ-1"])

            let standings = try await shop.applier.lookUp(keys)

            #expect(Self.spellings(standings) == ["p-000": "P-000", "café-1": "CAFÉ-1"])
            #expect(Self.asked(shop, "/products") == 0)
        }
    }

    @Test(arguments: [
        Fault.answer(.json(#"{"message":"Request does not match any route."}"#, status: 404)),
        .answer(
            .json(
                #"{"message":"The consumer isn't authorized to access %resources.","parameters":{"resources":"Magento_Catalog::catalog"}}"#,
                status: 401)),
        .answer(ShopAnswer(status: 403, contentType: ShopAnswer.html, body: Array("<html>Forbidden</html>".utf8))),
        .answer(.json(#"{"message":"Internal Error. Details are available in Magento log file. Report ID: webapi-6b"}"#, status: 500)),
    ])
    func `where the cheap question is not to be had the search is asked, and nobody asks the other way again`(_ fault: Fault) async throws {
        let rule = FaultRule(fault, path: "base-prices-information")
        try await ApplierShop.run(faults: [rule]) { shop in
            let first = try await shop.applier.lookUp(Self.known(["P-000", "GONE"], in: shop))
            let calls = Self.asked(shop, "base-prices-information")
            let second = try await shop.applier.lookUp(Self.known(["P-001"], in: shop))

            #expect(Self.spellings(first) == ["P-000": "P-000"] && Self.spellings(second) == ["P-001": "P-001"])
            #expect(Self.asked(shop, "base-prices-information") == calls)
        }
    }

    @Test func `an unavailable shop is a trouble of the shop, not a missing route`() async throws {
        try await ApplierShop.run(faults: [FaultRule(.answer(.maintenance), path: "base-prices-information")]) { shop in
            _ = await #expect(throws: Diagnostic.self) { _ = try await shop.applier.lookUp(Self.known(["P-000"], in: shop)) }
        }
    }

    @Test func `what the shop has changed since is named: renamed, replaced, made another type; not what it was before`() async throws {
        try await ApplierShop.run { shop in
            let first = try #require(try await shop.applier.changedKeys(since: nil, atMost: 1000))
            shop.shop.withState { state in
                state.catalogue.update("P-000") { $0.sku = "p-000" }
                state.catalogue.remove("P-001")
                state.catalogue.add(sku: "P-001")
                state.catalogue.update("P-002") { $0.kind = .configurable }
                state.catalogue.update("P-003") { $0.price = Money(99) }
            }

            let changed = try #require(try await shop.applier.changedKeys(since: first.upTo, atMost: 1000))

            #expect(first.folded == nil && first.upTo != nil)
            #expect(changed.folded == Set(["p-000", "p-001", "p-002"].map { Array($0.utf8) }))
            #expect(changed.contains(Array("P-000".utf8)[...]) && !changed.contains(Array("P-003".utf8)[...]))
        }
    }

    @Test func `too many changes are not named, any product may be one of them`() async throws {
        try await ApplierShop.run(products: 30) { shop in
            let first = try #require(try await shop.applier.changedKeys(since: nil, atMost: 1000))
            shop.shop.withState { state in for number in 0..<30 { state.catalogue.add(sku: ApplierShop.sku(number)) } }

            let named = try #require(try await shop.applier.changedKeys(since: first.upTo, atMost: 30))
            let unnamed = try #require(try await shop.applier.changedKeys(since: first.upTo, atMost: 29))

            #expect(named.folded?.count == 30 && unnamed.folded == nil && unnamed.upTo != nil)
        }
    }
}
