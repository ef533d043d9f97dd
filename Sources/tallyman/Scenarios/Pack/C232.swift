import Magento

extension Scenario {
    static let c232 = Scenario("C232", "A trade order on 30 days leaves with its terms, and is not invoiced before the ERP says so.") { stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.orders()])
        let order = try await stage.order(
            #"{"items":[{"sku":"A","qty":2}],"customer":{"id":7,"group":2},"payment":{"method":"purchaseorder","po_number":"PO 7"}}"#)
        try await stage.tallyman("run", "orders")
        let text = stage.text("in/ORD_000001.csv")
        stage.check("the terms in the ERP's file", expected: "30DAYS", actual: text.contains(",30DAYS,") ? "30DAYS" : text)
        stage.check("the customer's reference in it", expected: "PO 7", actual: text.contains(",PO 7,") ? "PO 7" : text)
        stage.check("invoices in the shop", expected: "0", actual: "\(try await stage.documents("invoices").count)")
        stage.check("state of the order", expected: "new", actual: try await stage.orderNamed(order)["state"]?.text ?? "-")
    }
}
