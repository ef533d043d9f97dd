extension Scenario {
    static let c144 = Scenario("C144", "Nothing left in the ERP: the shop is out of stock and takes no order.") { stage in
        try await stage.begin(products: #"{"sku":"A","price":10,"stock":{"main":5,"north":0}}"#, flows: [ScenarioFlows.stock()])
        try stage.drop("stock/s.csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", 0)])
        let run = try await stage.tallyman("run", "stock")
        let order = try await stage.order(#"{"items":[{"sku":"A","qty":1}]}"#)
        stage.check("the run's exit code", expected: "0", actual: "\(run.exit)")
        stage.check("for sale of A", expected: "0", actual: try await stage.salable("A"))
        stage.check("an order of A", expected: "not taken", actual: order.isEmpty ? "not taken" : "taken")
    }
}
