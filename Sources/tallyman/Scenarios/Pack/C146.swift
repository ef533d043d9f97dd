extension Scenario {
    static let c146 = Scenario("C146", "A quantity below zero in the ERP is zero in the shop, never a negative one.") { stage in
        try await stage.begin(products: #"{"sku":"A","price":10,"stock":{"main":5,"north":0}}"#, flows: [ScenarioFlows.stock()])
        try stage.drop("stock/s.csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", -3)])
        try await stage.tallyman("run", "stock")
        stage.check("quantity of A at main", expected: "0", actual: try await stage.quantity("A"))
    }
}
