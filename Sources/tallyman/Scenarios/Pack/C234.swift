import Magento

extension Scenario {
    static let c234 = Scenario(
        "C234",
        "A customer cancels before the ERP has answered: an order that has not left never leaves; one that has left is cancelled in both systems, once. If its goods have gone already, a person is told how both sides stand."
    ) { stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.orders(), ScenarioFlows.orderCancellations])
        let early = try await stage.order(#"{"items":[{"sku":"A","qty":1}]}"#)
        stage.note("the customer cancels \(early)")
        _ = try await stage.shop.post("orders/1/cancel")
        let late = try await stage.order(#"{"items":[{"sku":"B","qty":1}]}"#)
        let gone = try await stage.order(#"{"items":[{"sku":"A","qty":3}]}"#)
        try await stage.tallyman("run", "orders")
        stage.check("the order that was cancelled in time", expected: "never", actual: stage.times(early))
        stage.check("the others", expected: "once, once", actual: "\(stage.times(late)), \(stage.times(gone))")
        stage.note("the customers cancel \(late) and \(gone), which the ERP has not answered for")
        _ = try await stage.shop.post("orders/2/cancel")
        _ = try await stage.shop.post("orders/3/cancel")
        try await stage.tallyman("run")
        try await stage.tallyman("run")
        func cancellations(_ number: String) -> String {
            "\(stage.names(in: "off").flatMap { stage.text("off/\($0)").split(whereSeparator: \.isNewline) }.count { $0.hasPrefix("\(number),") })"
        }
        stage.check("cancellations in the ERP's folder", expected: "0, 1, 1", actual: [early, late, gone].map(cancellations).joined(separator: ", "))
        let quiet = try await stage.tallyman("errors")
        stage.check("told to a person", expected: "nothing", actual: quiet.output.contains(late) ? quiet.output : "nothing")
        stage.note("the ERP cancels \(late); the goods of \(gone) have left already")
        try stage.drop("acks/CAN_000001.csv.ack", ["\(late),", "\(gone),,REJECTED,already despatched"])
        try await stage.tallyman("run", "called_off")
        let errors = try await stage.tallyman("errors")
        let told = errors.output.contains("CANCELLATION-REFUSED") && errors.output.contains(gone) && !errors.output.contains(late)
        stage.check("the one that the ERP did not cancel, told to a person", expected: "yes", actual: told ? "yes" : errors.output)
        stage.check("neither order is sent again", expected: "once, once", actual: "\(stage.times(late)), \(stage.times(gone))")
        stage.check("state in the shop", expected: "canceled", actual: try await stage.orderNamed(late)["state"]?.text ?? "-")
    }
}
