@testable import MagentoSandbox

/// The shop of the recordings as it stood before them; the credentials are the recordings' own, and open nothing.
enum RecordedShop {
    static let skus = [
        "WID-45-BLK", "WID/45/BLK", "WID 45 RED", "Ünï-45", "WID+45", "WID%45", "WID'45", "WID&45", "ÉCROU 8/10", "日本-1",
        "WID#1", "00123", "123", "1e3", "WID-45-\"Q\"", "wid<45>", "WID,45", "WID.45", "WID_45", "WID-41-BLK", "WID-46-BLK",
        "WID-47-BLK", "WID-48-BLK", "WID-57-BLK", "WID-57-WHT", "WID-43-BLK", "WID-43-RED", "WID-43-BLU", "WID-43-WHT",
    ]

    static let state: ShopState = {
        var state = ShopState()
        state.websites = [
            Website(id: 1, code: "base", name: "Main Website", defaultGroupID: 1),
            Website(id: 0, code: "admin", name: "Admin", defaultGroupID: 0),
            Website(id: 2, code: "trade", name: "Trade Website", defaultGroupID: 2),
        ]
        state.storeViews = [
            StoreView(id: 1, code: "default", name: "Default Store View", websiteID: 1, groupID: 1),
            StoreView(id: 0, code: "admin", name: "Admin", websiteID: 0, groupID: 0),
            StoreView(id: 2, code: "trade_en", name: "Trade English", websiteID: 2, groupID: 2),
        ]
        state.customerGroups = [(0, "NOT LOGGED IN"), (1, "General"), (2, "Wholesale"), (3, "Retailer")]
            .map { CustomerGroup(id: $0.0, code: $0.1) }
        state.modules = ["Magento_Store", "Magento_Config", "Magento_InventoryApi"]
        state.sources = [
            InventorySource(
                code: "default", name: "Default Source", country: "US", postcode: "00000",
                details: ["description": "Default Source"], frontendName: "")
        ]
        state.stocks = [InventoryStock(id: 1, name: "Default Stock", websites: ["base", "trade"])]
        state.links = [StockSourceLink(stockID: 1, source: "default", priority: 1)]
        for sku in skus {
            state.catalogue.add(sku: sku, name: sku == "WID-45-BLK" ? "Widget 45 black" : nil, at: 1_795_224_175)
            state.sourceItems.upsert(sku: sku, source: "default", quantity: .zero, isInStock: true)
            let isLow = ["WID-46-BLK", "WID-47-BLK", "WID-48-BLK"].contains(sku)
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(isLow ? 1 : 100), isInStock: true)
            state.sourceItems.upsert(sku: sku, source: "north", quantity: Quantity(20), isInStock: true)
        }
        RecordedOrders.addProducts(to: &state)
        state.catalogue.add(sku: "HOOD", kind: .configurable)
        state.catalogue.add(sku: "KIT-1", kind: .bundle)
        state.catalogue.update("KIT-1") { $0.hasDynamicPrice = true }
        for sku in state.catalogue.products.map(\.sku) { state.catalogue.update(sku) { $0.websiteIDs = [1, 2] } }
        state.access.integrations = integrations
        state.access.adminUsers = [AdminUser(username: "admin", password: "LabAdmin123!")]
        state.access.adminTokens = [
            "eyJraWQiOiIxIiwiYWxnIjoiSFMyNTYifQ.eyJ1aWQiOjEsInV0eXBpZCI6MiwiaWF0IjoxNzk1MjI0MDc3LCJleHAiOjE3OTUyMjc2Nzd9.2iDm2tE8apVPjlE_q5O6MahEXHFyakepcIx4VoO2-gc":
                AdminToken(username: "admin", expires: 1_795_227_677)
        ]
        return state
    }()

    private static let integrations = [
        Integration(
            id: 1, name: "all", consumerKey: "ctky4m9gux7xim0d9u1xzvmkirjldh1w",
            consumerSecret: "kvsl823bzzrssqng7r0ug33vci0dami7", token: "5pds0a1wx98cne677b90saalfcrygml2",
            tokenSecret: "oopq0izsxh8hxpy32zbr1sm4u5l2fcdn"),
        Integration(
            id: 2, name: "catalogue", consumerKey: "p3bb5tk3mmryfmmikngmi3vxic5cfanh",
            consumerSecret: "z8cl7vtfscyaa812dv0fgaeg5bl88ndf", token: "g4sj0028a36f2puj4icyqt7xp11k9xck",
            tokenSecret: "hp9ozdmuttf45w1kgvyf0j1tgfskvtyc",
            resources: .only(["Magento_Catalog::products", "Magento_Catalog::catalog"])),
    ]

    /// What the recorder had switched on for an exchange.
    static func prepare(_ shop: SandboxShop, for transcript: Transcript) {
        let name = transcript.name
        shop.withState { state in
            state.isInMaintenance = name.hasPrefix("err-503")
            state.access.acceptsIntegrationBearer = name.hasPrefix("auth-50") || name.hasPrefix("auth-51")
            RecordedOrders.place(before: transcript, &state)
            RecordedSteps.take(before: transcript, &state)
            if name == "seed-11-product-create" { state.catalogue.remove("WID-45-BLK") }
            state.priceScope = name.hasPrefix("price-3") ? .website : .global
            state.limits =
                name.hasPrefix("limit-")
                ? InputLimits(maximumItems: 100, maximumPageSize: 50, defaultPageSize: 10) : InputLimits()
        }
    }
}
