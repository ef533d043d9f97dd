extension Scenario {
    static let c177 = Scenario("C177", "A guest sees no trade price, on no product and in no tier.") { stage in
        try await stage.begin(products: #"{"sku":"A","price":10,"stock":{"main":5}}"#, flows: [ScenarioFlows.tradePrices])
        try stage.drop("prices/p.csv", ["Price List Ref,Price List Name,Stock Code,Description,Price,Currency", "TRADE,Trade,A,Thing,8.50,GBP"])
        let run = try await stage.tallyman("run", "trade")
        stage.check("the run's exit code", expected: "0", actual: "\(run.exit)")
        _ = try await stage.shop.control("customers", #"{"token":"retail-customer","group":1}"#)
        stage.check("prices of A to a guest", expected: "10", actual: try await stage.shownPrices("A"))
        stage.check("prices of A to a retail customer", expected: "10", actual: try await stage.shownPrices("A", customer: "retail-customer"))
    }
}
