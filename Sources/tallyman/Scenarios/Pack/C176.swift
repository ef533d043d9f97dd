extension Scenario {
    static let c176 = Scenario("C176", "A trade customer who is signed in sees the trade price.") { stage in
        try await stage.begin(products: #"{"sku":"A","price":10,"stock":{"main":5}}"#, flows: [ScenarioFlows.tradePrices])
        try stage.drop("prices/p.csv", ["Price List Ref,Price List Name,Stock Code,Description,Price,Currency", "TRADE,Trade,A,Thing,8.50,GBP"])
        let run = try await stage.tallyman("run", "trade")
        stage.check("the run's exit code", expected: "0", actual: "\(run.exit)")
        _ = try await stage.shop.control("customers", #"{"token":"trade-customer","group":6}"#)
        stage.check("price of A to the trade customer", expected: "8.5", actual: try await stage.shownPrices("A", customer: "trade-customer"))
        stage.check("price of A to a guest", expected: "10", actual: try await stage.shownPrices("A"))
    }
}
