import Magento

extension Scenario {
    static let c256 = Scenario("C256", "A despatch from two warehouses is a shipment from each, and each source gives its own goods.") { stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.despatches])
        let order = try await stage.order(#"{"items":[{"sku":"A","qty":5}]}"#)
        try stage.drop("despatch/d1.csv", [ScenarioFlows.despatchHeader, "1001,\(order),A,2,LDS,DPD,1550", "1001,\(order),A,3,NCL,DPD,1550"])
        try await stage.tallyman("run", "despatches")
        let sources = try await stage.documents("shipments").compactMap { $0["extension_attributes"]?["source_code"]?.text }
        stage.check("shipments by source", expected: "main, north", actual: sources.sorted().joined(separator: ", "))
        stage.check("left at main", expected: "48", actual: try await stage.quantity("A", "main"))
        stage.check("left at north", expected: "47", actual: try await stage.quantity("A", "north"))
        stage.check("for sale", expected: "95", actual: try await stage.salable("A"))
    }
}
