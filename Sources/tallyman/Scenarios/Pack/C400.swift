extension Scenario {
    static let c400 = Scenario("C400", "A file in which everything is sold out waits for a person, and is carried out once that person agrees.") {
        stage in
        let skus = (1...5).map { "P\($0)" }
        let products = skus.map { #"{"sku":"\#($0)","price":1,"stock":{"main":8}}"# }.joined(separator: ",")
        try await stage.begin(products: products, flows: [ScenarioFlows.stock(gates: "{to_zero: 20%}")])
        try stage.drop("stock/s1.csv", [ScenarioFlows.stockHeader] + skus.map { ScenarioFlows.level($0, 9) })
        try await stage.tallyman("run", "stock")
        try stage.drop("stock/s2.csv", [ScenarioFlows.stockHeader] + skus.map { ScenarioFlows.level($0, 0) }, after: 2)
        let held = try await stage.tallyman("run", "stock")
        stage.check("the run's exit code: held", expected: "4", actual: "\(held.exit)")
        stage.check("for sale of P1 meanwhile", expected: "9", actual: try await stage.salable("P1"))
        stage.note("a person looks at it and agrees")
        try await stage.tallyman("approve", "2")
        stage.check("for sale of P1", expected: "0", actual: try await stage.salable("P1"))
        stage.check("for sale of P5", expected: "0", actual: try await stage.salable("P5"))
    }
}
