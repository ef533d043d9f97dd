import Domain
import Magento

extension Scenario {
    static let c268 = Scenario("C268", "A credit note is one credit memo with its rows, however often it is delivered.") { stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.despatches, ScenarioFlows.credits])
        let order = try await stage.order(#"{"items":[{"sku":"A","qty":5}]}"#)
        stage.note("the goods have gone and are invoiced")
        try stage.drop("despatch/d1.csv", [ScenarioFlows.despatchHeader, "1001,\(order),A,5,LDS,DPD,1550"])
        try await stage.tallyman("run", "despatches")
        _ = try await stage.shop.control("invoices", #"{"order":"\#(order)"}"#)
        for (name, seconds) in [("c1", 2.0), ("c2", 4.0)] {
            try stage.drop("credit/\(name).csv", [ScenarioFlows.creditHeader, "CR1,21/11/2026,\(order),A,2.00,,N,Damaged"], after: seconds)
            try await stage.tallyman("run", "credits")
        }
        let memos = try await stage.documents("creditmemos")
        stage.check("credit memos", expected: "1", actual: "\(memos.count)")
        let rows = (memos.first?["items"]?.elements ?? []).map { "\($0["sku"]?.text ?? "-") × \($0["qty"]?.decimal ?? 0)" }
        stage.check("its rows", expected: "A × 2", actual: rows.joined(separator: ", "))
        stage.check(
            "refunded of the order's row", expected: "2",
            actual: try await stage.orderNamed(order)["items"]?.elements?.first?["qty_refunded"]?.decimal.map { "\($0)" } ?? "-")
        stage.check("quantity at main, not for sale again", expected: "45", actual: try await stage.quantity("A"))
    }
}
