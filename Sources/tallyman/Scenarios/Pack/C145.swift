extension Scenario {
    static let c145 = Scenario("C145", "A new quantity in the ERP is in the shop after one run.") { stage in
        try await stage.begin(products: #"{"sku":"A","price":10,"stock":{"main":5,"north":0}}"#, flows: [ScenarioFlows.stock()])
        try stage.drop("stock/s.csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", 42)])
        let run = try await stage.tallyman("run", "stock")
        stage.check("the run's exit code", expected: "0", actual: "\(run.exit)")
        stage.check("quantity of A at main", expected: "42", actual: try await stage.quantity("A"))
        stage.check("for sale of A", expected: "42", actual: try await stage.salable("A"))
        let why = try await stage.tallyman("why", "A", "--entity", "stock")
        stage.check("why names the file and its line", expected: "yes", actual: why.output.contains("s.csv line 2") ? "yes" : "no")
    }
}
