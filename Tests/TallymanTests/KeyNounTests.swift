import Testing

@testable import tallyman

struct KeyNounTests {
    @Test func `a column is headed by what its entity's keys are, and by a general word where several meet`() {
        #expect(KeyNoun.caption(of: ["stock", "prices"]) == "product")
        #expect(KeyNoun.caption(of: ["despatches"]) == "despatch")
        #expect(KeyNoun.caption(of: ["stock", "accounts"]) == "key")
        #expect(KeyNoun.caption(of: []) == "product")
        #expect(KeyNoun.heading(of: ["orders"]) == "orders" && KeyNoun.heading(of: ["customers"]) == "customers")
        #expect(KeyNoun.heading(of: ["orders", "customers"]) == "documents")
    }

    /// An entity that forgets its own would be called a product.
    @Test(arguments: EntityCatalogue.names)
    func `each entity names its keys`(_ name: String) {
        let products = ["stock", "prices", "special_prices", "tier_prices", "cost", "products"]

        #expect((KeyNoun.of(name) == .product) == products.contains(name))
    }
}
