import Magento

extension Scenario {
    static let c235 = Scenario(
        "C235",
        "The ERP cancels an order that it had taken: it is cancelled in the shop, once, its goods are for sale, and the reason stands with it. A letter to the customer is the status flow's."
    ) { stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.orders(), ScenarioFlows.cancellations])
        let order = try await stage.order(#"{"items":[{"sku":"A","qty":5}]}"#)
        try await stage.tallyman("run", "orders")
        try stage.write("acks/ORD_000001.csv.ack", "")
        try await stage.tallyman("run", "orders")
        stage.check("for sale before", expected: "95", actual: try await stage.salable("A"))
        for (name, seconds) in [("c1", 0.0), ("c2", 2.0)] {
            try stage.drop("cancel/\(name).csv", ["order,reason", "\(order),discontinued"], after: seconds)
            try await stage.tallyman("run", "cancellations")
        }
        let seen = try await stage.orderNamed(order)
        let remarks = (seen["status_histories"]?.elements ?? []).filter { $0["comment"]?.text?.contains("discontinued") == true }
        stage.check("state in the shop", expected: "canceled", actual: seen["state"]?.text ?? "-")
        stage.check("for sale afterwards", expected: "100", actual: try await stage.salable("A"))
        stage.check("the reason stands with the order", expected: "once", actual: remarks.count == 1 ? "once" : "\(remarks.count) times")
    }
}
