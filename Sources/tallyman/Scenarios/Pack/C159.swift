import Magento

extension Scenario {
    static let c159 = Scenario("C159", "An open order is subtracted once: before the ERP has it, after, and when it is shipped.") { stage in
        let flows = [ScenarioFlows.stock("reservations: {by: acknowledged, margin: 0s}"), ScenarioFlows.orders(), ScenarioFlows.despatches]
        try await stage.begin(products: #"{"sku":"A","price":10,"stock":{"main":5,"north":0}}"#, flows: flows)
        try stage.drop("stock/s1.csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", 100)])
        try await stage.tallyman("run")
        let order = try await stage.order(#"{"items":[{"sku":"A","qty":10}]}"#)
        try await stage.tallyman("run")
        stage.check("for sale, the ERP has not seen the order", expected: "90", actual: try await stage.salable("A"))
        stage.note("the ERP takes the order in, answers, and allocates 10 of its 100")
        try stage.write("acks/ORD_000001.csv.ack", "")
        try await stage.tallyman("run", "orders")
        try stage.drop("stock/s2.csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", 100, allocated: 10)], after: 5)
        try await stage.tallyman("run")
        stage.check("for sale, the ERP has allocated the goods", expected: "90", actual: try await stage.salable("A"))
        try stage.drop("despatch/d1.csv", [ScenarioFlows.despatchHeader, "1001,\(order),A,10,LDS,DPD,1550"], after: 8)
        try stage.drop("stock/s3.csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", 90)], after: 8)
        try await stage.tallyman("run")
        stage.check("for sale, the goods have gone", expected: "90", actual: try await stage.salable("A"))
        stage.check("shipments", expected: "1", actual: "\(try await stage.documents("shipments").count)")
    }
}
