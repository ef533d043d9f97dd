import Magento

extension Scenario {
    static let c230 = Scenario("C230", "A paid order of one item reaches the ERP once, and is complete in the shop when the goods have gone.") {
        stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.orders(), ScenarioFlows.despatches])
        let order = try await stage.order(#"{"items":[{"sku":"A","qty":1}],"payment":{"method":"braintree"},"state":"processing"}"#)
        _ = try await stage.shop.control("invoices", #"{"order":"\#(order)"}"#)
        try await stage.tallyman("run", "orders")
        stage.check("the order in the ERP's folder", expected: "once", actual: stage.times(order))
        stage.note("the ERP answers, and sends the goods")
        try stage.write("acks/ORD_000001.csv.ack", "\(order),SO-1\n")
        try await stage.tallyman("run", "orders")
        try stage.drop("despatch/d.csv", [ScenarioFlows.despatchHeader, "1001,\(order),A,1,LDS,DPD,1550"])
        try await stage.tallyman("run", "despatches")
        let why = try await stage.tallyman("why", order)
        stage.check("the ERP's number is kept", expected: "SO-1", actual: why.output.contains("SO-1") ? "SO-1" : why.output)
        stage.check("state of the order in the shop", expected: "complete", actual: try await stage.orderNamed(order)["state"]?.text ?? "-")
    }
}
