import Magento

extension Scenario {
    static let c253 = Scenario("C253", "A shipment shows in the shop with its rows and its tracking number, and the customer is told once.") {
        stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.despatches])
        let order = try await stage.order(#"{"items":[{"sku":"A","qty":2}]}"#)
        try stage.drop("despatch/d1.csv", [ScenarioFlows.despatchHeader, "1001,\(order),A,2,LDS,DPD,15501550"])
        try await stage.tallyman("run", "despatches")
        let shipment = try await stage.documents("shipments").first
        let track = shipment?["tracks"]?.elements?.first
        stage.check(
            "carrier and number", expected: "dpd 15501550", actual: "\(track?["carrier_code"]?.text ?? "-") \(track?["track_number"]?.text ?? "-")")
        stage.check("quantity", expected: "2", actual: shipment?["items"]?.elements?.first?["qty"]?.decimal.map { "\($0)" } ?? "-")
        stage.check("a letter to the customer", expected: "sent", actual: shipment?["email_sent"]?.whole == 1 ? "sent" : "not sent")
        stage.check(
            "shipped of the order's row", expected: "2",
            actual: try await stage.orderNamed(order)["items"]?.elements?.first?["qty_shipped"]?.decimal.map { "\($0)" } ?? "-")
    }
}
