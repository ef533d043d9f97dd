package struct Product: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable { case simple, virtual, downloadable, configurable, bundle, grouped }

    package var id: Int
    package var sku: String
    package var folded: String
    package var name: String
    package var kind: Kind
    /// The default for all stores.
    package var price: Money { didSet { hasPrice = true } }
    /// A product may be saved without one; what asks for base prices then leaves it out.
    package var hasPrice = true
    package var isEnabled: Bool
    package var websiteIDs: [Int]
    package var attributeSetID = 4
    /// 1 not by itself, 2 catalogue, 3 search, 4 both.
    package var visibility = 4
    /// As it was sent; `nil` where the product has none.
    package var weight: String? = "0.5"
    /// Further attributes by code: texts, and option ids of those that are chosen from a list.
    package var attributes = Self.standardAttributes
    /// What a store view has instead, by store and attribute code; it hides the default.
    package var storeValues: [Int: [String: String]] = [:]
    /// A bundle whose parts leave as one. Orders keep what it was when they were placed.
    package var shipsTogether = false
    /// A bundle whose price is that of its parts.
    package var hasDynamicPrice = false
    /// Of a bundle: what it is made of, an option each.
    package var parts: [Part] = []

    package struct Part: Hashable, Sendable {
        package var sku: String
        package var each: Quantity

        package init(sku: String, each: Quantity) {
            self.sku = sku
            self.each = each
        }
    }

    /// Shared by all products that have nothing of their own.
    private static let standardAttributes = ["tax_class_id": "2"]
    /// Database stamps in UTC.
    package var createdAt: String
    package var updatedAt: String
}

/// The products by entity id and by SKU. SKUs are unique as the collation compares them.
package struct ProductCatalogue: Sendable {
    /// In the order of their ids.
    package private(set) var products: [Product] = []
    private var index: [String: Int] = [:]
    /// Ids of products that were made or changed by hand, without a time: their rows are stamped with the shop's, as a database does it.
    private var unstamped: Set<Int> = []

    package init() {}

    package subscript(_ sku: String) -> Product? { index[Collation.fold(sku)].map { products[$0] } }

    /// Changes the product of this SKU, if there is one.
    package mutating func update(_ sku: String, _ change: (inout Product) -> Void) {
        guard let position = index[Collation.fold(sku)] else { return }
        let before = products[position]
        change(&products[position])
        let after = products[position]
        guard after.sku != before.sku || after.kind != before.kind else { return }
        if after.updatedAt == before.updatedAt { unstamped.insert(after.id) }
        if after.sku != before.sku {
            products[position].folded = Collation.fold(after.sku)
            index[before.folded] = nil
            index[products[position].folded] = position
        }
    }

    /// What was changed by hand was changed at this time of the shop.
    mutating func stamp(at seconds: Int64) {
        guard !unstamped.isEmpty else { return }
        for position in products.indices where unstamped.contains(products[position].id) { products[position].updatedAt = ShopClock.stamp(seconds) }
        unstamped = []
    }

    /// A catalogue that was there before the shop opened keeps the times that it has.
    mutating func keepStamps() { unstamped = [] }

    /// Adds a product, or renames and reprices the one that has the SKU.
    @discardableResult
    package mutating func add(
        sku: String,
        name: String? = nil,
        kind: Product.Kind = .simple,
        price: Money = Money(10),
        websiteIDs: [Int] = [1],
        at seconds: Int64? = nil
    ) -> Product {
        let stamp = ShopClock.stamp(seconds ?? 1_795_224_000)
        let folded = Collation.fold(sku)
        if let position = index[folded] {
            products[position].name = name ?? products[position].name
            products[position].price = price
            products[position].updatedAt = stamp
            if seconds == nil { unstamped.insert(products[position].id) }
            return products[position]
        }
        let product = Product(
            id: (products.last?.id ?? 0) + 1, sku: sku, folded: folded, name: name ?? "Item \(sku)", kind: kind, price: price,
            isEnabled: true, websiteIDs: websiteIDs, createdAt: stamp, updatedAt: stamp
        )
        index[folded] = products.count
        products.append(product)
        if seconds == nil { unstamped.insert(product.id) }
        return product
    }

    package mutating func remove(_ sku: String) {
        let folded = Collation.fold(sku)
        products.removeAll { $0.folded == folded }
        index.removeAll(keepingCapacity: true)
        for (position, product) in products.enumerated() { index[product.folded] = position }
    }

    /// The products of these folded SKUs, in the order of their ids.
    func products(foldedSKUs: Set<String>) -> [Product] {
        foldedSKUs.compactMap { index[$0] }.sorted().map { products[$0] }
    }
}
