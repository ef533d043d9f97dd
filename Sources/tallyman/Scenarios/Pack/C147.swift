extension Scenario {
    static let c147 = Scenario(
        "C147", "Stock in one warehouse and none in the other: each source has its own figure, and what is there can be bought."
    ) { stage in
        try await stage.begin(products: #"{"sku":"A","price":10,"stock":{"main":5,"north":0}}"#, flows: [ScenarioFlows.stock()])
        try stage.drop("stock/s.csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", 0), ScenarioFlows.level("A", 7, at: "NCL")])
        try await stage.tallyman("run", "stock")
        stage.check("quantity of A at main", expected: "0", actual: try await stage.quantity("A", "main"))
        stage.check("quantity of A at north", expected: "7", actual: try await stage.quantity("A", "north"))
        stage.check("for sale of A", expected: "7", actual: try await stage.salable("A"))
    }
}
