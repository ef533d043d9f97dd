import Magento

extension Scenario {
    static let c298 = Scenario("C298", "What is delivered twice is done once: the same stock file, the same despatch, a run started twice.") {
        stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.stock(), ScenarioFlows.despatches])
        let order = try await stage.order(#"{"items":[{"sku":"A","qty":5}]}"#)
        for (name, seconds) in [("one", 0.0), ("two", 2.0)] {
            try stage.drop("stock/\(name).csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("B", 9)], after: seconds)
            try stage.drop("despatch/\(name).csv", [ScenarioFlows.despatchHeader, "1001,\(order),A,2,LDS,DPD,1550"], after: seconds)
            let run = try await stage.tallyman("run")
            guard name == "two" else { continue }
            stage.check("the second stock file", expected: "1 duplicate", actual: run.output.contains("1 duplicate") ? "1 duplicate" : run.output)
            stage.check(
                "the second despatch", expected: "1 duplicate or unchanged",
                actual: run.output.contains("despatches: 1 read = 1 ") ? "1 duplicate or unchanged" : run.output)
        }
        try await stage.tallyman("run")
        stage.check("shipments", expected: "1", actual: "\(try await stage.documents("shipments").count)")
        stage.check("quantity of B", expected: "9", actual: try await stage.quantity("B"))
    }
}
