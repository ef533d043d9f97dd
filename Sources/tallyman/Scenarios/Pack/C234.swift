import Magento

extension Scenario {
    static let c234 = Scenario("C234", "An order that a customer cancels in time never leaves; one that has left is told to a person, once.") {
        stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.orders()])
        let early = try await stage.order(#"{"items":[{"sku":"A","qty":1}]}"#)
        stage.note("the customer cancels \(early)")
        _ = try await stage.shop.post("orders/1/cancel")
        let late = try await stage.order(#"{"items":[{"sku":"B","qty":1}]}"#)
        try await stage.tallyman("run", "orders")
        stage.check("the order that was cancelled in time", expected: "never", actual: stage.times(early))
        stage.check("the other", expected: "once", actual: stage.times(late))
        stage.note("the customer cancels \(late), which the ERP has not answered for")
        _ = try await stage.shop.post("orders/2/cancel")
        try await stage.tallyman("run", "orders")
        try await stage.tallyman("run", "orders")
        let errors = try await stage.tallyman("errors")
        let told = errors.output.split(whereSeparator: \.isNewline).count { $0.contains(late) }
        stage.check("told to a person", expected: "once", actual: told == 1 ? "once" : "\(told) times")
        stage.check("it is not sent again", expected: "once", actual: stage.times(late))
        stage.check("state in the shop", expected: "canceled", actual: try await stage.orderNamed(late)["state"]?.text ?? "-")
    }
}
