import Domain
import Magento

extension Scenario {
    static let c231 = Scenario("C231", "An order with goods that are there and goods that are not leaves whole, and comes back in two deliveries.") {
        stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.orders(), ScenarioFlows.despatches])
        let order = try await stage.order(#"{"items":[{"sku":"A","qty":2},{"sku":"B","qty":3}]}"#)
        try await stage.tallyman("run", "orders")
        let rows = stage.text("in/ORD_000001.csv").split(whereSeparator: \.isNewline).filter { $0.contains(",item,") }
        stage.check("rows of goods in the ERP's file", expected: "2", actual: "\(rows.count)")
        try stage.drop("despatch/d1.csv", [ScenarioFlows.despatchHeader, "1001,\(order),A,2,LDS,DPD,1550"])
        try await stage.tallyman("run", "despatches")
        stage.check("state after the first delivery", expected: "processing", actual: try await stage.orderNamed(order)["state"]?.text ?? "-")
        try stage.drop("despatch/d2.csv", [ScenarioFlows.despatchHeader, "1002,\(order),B,3,LDS,DPD,1551"], after: 2)
        try await stage.tallyman("run", "despatches")
        stage.check("shipments", expected: "2", actual: "\(try await stage.documents("shipments").count)")
        let open = (try await stage.orderNamed(order)["items"]?.elements ?? []).filter { $0["qty_ordered"]?.decimal != $0["qty_shipped"]?.decimal }
        stage.check("rows that are not sent whole", expected: "0", actual: "\(open.count)")
    }
}
