extension Scenario {
    static let c240 = Scenario("C240", "A test order with a coupon of its own can be followed from the shop to the ERP and back.") { stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.orders()])
        let order = try await stage.order(#"{"items":[{"sku":"A","qty":1}],"coupon":"GOLIVE-TEST"}"#)
        try await stage.tallyman("run", "orders")
        try stage.write("acks/ORD_000001.csv.ack", "\(order),SO-77\n")
        try await stage.tallyman("run", "orders")
        let text = stage.text("in/ORD_000001.csv")
        let why = try await stage.tallyman("why", order)
        stage.check("the coupon in the ERP's file", expected: "GOLIVE-TEST", actual: text.contains(",GOLIVE-TEST,") ? "GOLIVE-TEST" : text)
        for (what, part) in [("the file it left in", "ORD_000001.csv"), ("the ERP's number", "SO-77"), ("its very bytes", "GOLIVE-TEST")] {
            stage.check("why shows \(what)", expected: part, actual: why.output.contains(part) ? part : why.output)
        }
    }
}
