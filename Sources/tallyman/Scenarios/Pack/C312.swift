extension Scenario {
    static let c312 = Scenario(
        "C312", "The shop fails, is closed for maintenance and answers nonsense: nothing is lost, and the next runs bring everything."
    ) { stage in
        try await stage.begin(products: #"{"sku":"A","price":10,"stock":{"main":5,"north":0}}"#, flows: [ScenarioFlows.stock()])
        var level = 10
        for (fault, words) in [
            ("maintenance", "is closed for maintenance"), ("commit-then-drop", "does it and gives no answer"), ("html", "answers with a page"),
            ("close-before-commit", "cuts the connection"),
        ] {
            level += 1
            stage.note("the shop \(words)")
            _ = try await stage.shop.control("faults", #"{"kind":"\#(fault)","method":"POST","path":"source-items","from":1,"to":1}"#)
            try stage.drop("stock/\(fault).csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", level)], after: Double(level))
            var run = try await stage.tallyman("run", "stock")
            for _ in 0..<3 where run.exit != 0 { run = try await stage.tallyman("run", "stock") }
            stage.check("quantity after the shop \(words)", expected: "\(level)", actual: try await stage.quantity("A"))
        }
        let errors = try await stage.tallyman("errors")
        stage.check("rejected records", expected: "none", actual: errors.output.contains("no rejected record") ? "none" : errors.output)
    }
}
