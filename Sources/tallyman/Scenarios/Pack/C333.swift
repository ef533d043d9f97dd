extension Scenario {
    static let c333 = Scenario("C333", "A batch of which the shop does only a part is completed, and every figure is right.") { stage in
        let skus = (1...6).map { "P\($0)" }
        let products = skus.map { #"{"sku":"\#($0)","price":1,"stock":{"main":1}}"# }.joined(separator: ",")
        try await stage.begin(products: products, flows: [ScenarioFlows.stock()])
        stage.note("the shop saves two lines of the first batch and answers with an error")
        _ = try await stage.shop.control("faults", #"{"kind":"partial-commit","lines":2,"method":"POST","path":"source-items","from":1,"to":1}"#)
        try stage.drop("stock/s.csv", [ScenarioFlows.stockHeader] + skus.map { ScenarioFlows.level($0, 20) })
        var run = try await stage.tallyman("run", "stock")
        for _ in 0..<3 where run.exit != 0 { run = try await stage.tallyman("run", "stock") }
        var right = 0
        for sku in skus where try await stage.quantity(sku) == "20" { right += 1 }
        stage.check("products with the right quantity", expected: "6", actual: "\(right)")
        stage.check("the last run's exit code", expected: "0", actual: "\(run.exit)")
    }
}
