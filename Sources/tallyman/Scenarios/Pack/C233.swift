extension Scenario {
    static let c233 = Scenario("C233", "Orders on the border of two batches reach the ERP once each, however often the export runs.") { stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.orders(batch: 2)])
        var orders: [String] = []
        for _ in 0..<3 { orders.append(try await stage.order(#"{"items":[{"sku":"A","qty":1}]}"#)) }
        try await stage.tallyman("run", "orders")
        for _ in 0..<2 { orders.append(try await stage.order(#"{"items":[{"sku":"B","qty":1}]}"#)) }
        try await stage.tallyman("run", "orders")
        try await stage.tallyman("run", "orders")
        for order in orders { stage.check("order \(order) in the ERP's folder", expected: "once", actual: stage.times(order)) }
        stage.check("files in the ERP's folder", expected: "3", actual: "\(stage.names(in: "in").count)")
    }
}
