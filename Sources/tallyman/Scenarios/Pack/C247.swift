import Magento

extension Scenario {
    static let c247 = Scenario("C247", "Two despatch notes of one order are two shipments, however often they are delivered.") { stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.despatches])
        let order = try await stage.order(#"{"items":[{"sku":"A","qty":5}]}"#)
        let rows = ["1001,\(order),A,2,LDS,DPD,1550", "1002,\(order),A,3,LDS,DPD,1551"]
        try stage.drop("despatch/d1.csv", [ScenarioFlows.despatchHeader] + rows)
        try await stage.tallyman("run", "despatches")
        try stage.drop("despatch/d2.csv", [ScenarioFlows.despatchHeader] + rows.reversed(), after: 2)
        let again = try await stage.tallyman("run", "despatches")
        let shipments = try await stage.documents("shipments")
        stage.check("shipments", expected: "2", actual: "\(shipments.count)")
        stage.check("the second delivery", expected: "2 unchanged", actual: again.output.contains("2 unchanged") ? "2 unchanged" : again.output)
    }
}
