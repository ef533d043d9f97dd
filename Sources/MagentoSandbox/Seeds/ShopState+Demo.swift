extension ShopState {
    /// The shop of the demo: an ironmonger's and café furniture wholesaler with two warehouses and forty products.
    package static let demo: ShopState = {
        var state = ShopState.empty
        for (sku, name, pence, leeds, newcastle) in DemoCatalogue.lines {
            let product = state.catalogue.add(sku: sku, name: name, price: Money(pence: pence)).id
            state.prices.cost[.init(product: product, store: 0)] = Money(pence: pence * 11 / 20)
            // The hinges have trade prices: 12 % off for one group, 20 % from ten pieces on for the other.
            if sku.hasPrefix("0047") {
                state.prices.upsert(.init(audience: .group(4), value: .fixed(Money(pence: pence * 88 / 100))), of: product)
                let tenth = PriceBook.Tier(audience: .group(5), quantity: Quantity(10), value: .fixed(Money(pence: pence * 80 / 100)))
                state.prices.upsert(tenth, of: product)
            }
            state.sourceItems.upsert(sku: sku, source: "default", quantity: .zero, isInStock: true)
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(leeds), isInStock: true)
            state.sourceItems.upsert(sku: sku, source: "north", quantity: Quantity(newcastle), isInStock: true)
        }
        return state
    }()

    /// A shop with stores, sources, a stock and the demo integration, and no products.
    package static let empty: ShopState = {
        var state = ShopState()
        state.websites = [
            Website(id: 0, code: "admin", name: "Admin", defaultGroupID: 0),
            Website(id: 1, code: "base", name: "Main Website", defaultGroupID: 1),
        ]
        state.storeGroups = [
            StoreGroup(id: 0, websiteID: 0, rootCategoryID: 0, defaultStoreID: 0, name: "Default", code: "default"),
            StoreGroup(
                id: 1, websiteID: 1, rootCategoryID: 2, defaultStoreID: 1, name: "Main Website Store",
                code: "main_website_store"),
        ]
        state.storeViews = [
            StoreView(id: 0, code: "admin", name: "Admin", websiteID: 0, groupID: 0),
            StoreView(id: 1, code: "default", name: "Default Store View", websiteID: 1, groupID: 1),
        ]
        state.customerGroups = ["NOT LOGGED IN", "General", "Wholesale", "Retailer", "Trade A", "Trade B"].enumerated()
            .map { CustomerGroup(id: $0.offset, code: $0.element) }
        state.attributes = [
            CatalogueAttribute(
                code: "colour", input: .select,
                options: ["Black", "Brass", "Stainless", "White"].enumerated().map { .init($0.element, id: $0.offset + 11) }),
            CatalogueAttribute(code: "supplier_reference"), CatalogueAttribute(code: "unit_of_sale"),
        ]
        state.modules = DemoCatalogue.modules
        state.sources = [
            InventorySource(
                code: "default", name: "Default Source", country: "GB", postcode: "00000",
                details: ["description": "Default Source"], frontendName: ""),
            InventorySource(code: "main", name: "Leeds", postcode: "LS1 4AP", details: ["city": "Leeds"]),
            InventorySource(code: "north", name: "Newcastle", postcode: "NE1 1AA", details: ["city": "Newcastle"]),
        ]
        state.stocks = [
            InventoryStock(id: 1, name: "Default Stock", websites: []),
            InventoryStock(id: 2, name: "UK Stock", websites: ["base"]),
        ]
        state.links = [
            StockSourceLink(stockID: 1, source: "default", priority: 1),
            StockSourceLink(stockID: 2, source: "main", priority: 1),
            StockSourceLink(stockID: 2, source: "north", priority: 2),
        ]
        state.access.integrations = [.demo]
        state.access.adminUsers = [AdminUser(username: "admin", password: "sandbox-admin-1")]
        return state
    }()
}

extension Integration {
    /// Credentials of the demo; they open nothing but a sandbox.
    package static let demo = Integration(
        id: 1, name: "Tallyman demo",
        consumerKey: "democonsumerkey00000000000000001", consumerSecret: "democonsumersecret00000000000001",
        token: "demoaccesstoken00000000000000001", tokenSecret: "demoaccesstokensecret00000000001"
    )
}
