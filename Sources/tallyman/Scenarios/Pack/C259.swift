import Magento

extension Scenario {
    static let c259 = Scenario(
        "C259", "Goods that come back are for sale once: by the credit note in the shop, and not again by the ERP's next stock file."
    ) { stage in
        let flows = [ScenarioFlows.stock("reservations: {lag: 0s}"), ScenarioFlows.orders(), ScenarioFlows.despatches, ScenarioFlows.credits]
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#, flows: flows)
        let order = try await stage.order(#"{"items":[{"sku":"A","qty":5}]}"#)
        stage.note("the goods have gone and are invoiced")
        try stage.drop("despatch/d1.csv", [ScenarioFlows.despatchHeader, "1001,\(order),A,5,LDS,DPD,1550"])
        try await stage.tallyman("run", "despatches")
        _ = try await stage.shop.control("invoices", #"{"order":"\#(order)"}"#)
        try stage.drop("stock/s1.csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", 45), ScenarioFlows.level("A", 50, at: "NCL")], after: 2)
        try await stage.tallyman("run")
        stage.check("for sale before the return", expected: "95", actual: try await stage.salable("A"))
        stage.note("two pieces come back; the ERP books them in and credits them")
        try stage.drop("credit/c1.csv", [ScenarioFlows.creditHeader, "CR1,21/11/2026,\(order),A,2.00,,Y,Too many"], after: 4)
        try stage.drop("stock/s2.csv", [ScenarioFlows.stockHeader, ScenarioFlows.level("A", 47), ScenarioFlows.level("A", 50, at: "NCL")], after: 4)
        try await stage.tallyman("run")
        stage.check("credit memos", expected: "1", actual: "\(try await stage.documents("creditmemos").count)")
        stage.check("for sale afterwards", expected: "97", actual: try await stage.salable("A"))
        stage.check("quantity at main", expected: "47", actual: try await stage.quantity("A"))
    }
}
