extension Scenario {
    static let c401 = Scenario("C401", "A wrong file is taken back: every quantity is as it was before, and the next plan waits for a person.") {
        stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.stock()])
        try stage.drop("stock/right.csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", 12), ScenarioFlows.level("B", 13)])
        try await stage.tallyman("run", "stock")
        try stage.drop("stock/wrong.csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", 900), ScenarioFlows.level("B", 900)], after: 2)
        try await stage.tallyman("run", "stock")
        stage.check("quantity of A by the wrong file", expected: "900", actual: try await stage.quantity("A"))
        try await stage.tallyman("rollback", "2")
        stage.check("quantity of A", expected: "12", actual: try await stage.quantity("A"))
        stage.check("quantity of B", expected: "13", actual: try await stage.quantity("B"))
        try stage.drop("stock/next.csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", 14), ScenarioFlows.level("B", 15)], after: 4)
        let next = try await stage.tallyman("run", "stock")
        stage.check("the next plan's exit code: held", expected: "4", actual: "\(next.exit)")
    }
}
