extension Scenario {
    static let c239 = Scenario("C239", "A test order reaches the ERP with its number, rows, totals and addresses.") { stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":50,"north":50}},{"sku":"B","price":4,"stock":{"main":50,"north":50}}"#,
            flows: [ScenarioFlows.orders()])
        let order = try await stage.order(
            #"{"items":[{"sku":"A","qty":2},{"sku":"B","qty":1}],"shipping_amount":5,"tax_percent":20,"billing":{"firstname":"Ann","lastname":"Buyer","postcode":"LS1 4AP"},"shipping":{"firstname":"Ann","lastname":"Buyer","street":["Unit 4"],"city":"Leeds","postcode":"LS9 8ZZ"}}"#
        )
        try await stage.tallyman("run", "orders")
        let lines = stage.text("in/ORD_000001.csv").split(whereSeparator: \.isNewline).map(String.init)
        let names = lines.first?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
        func cell(_ row: Int, _ name: String) -> String {
            guard let column = names.firstIndex(of: name), lines.indices.contains(row) else { return "-" }
            let cells = lines[row].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return cells.indices.contains(column) ? cells[column] : "-"
        }
        stage.check("number", expected: order, actual: cell(1, "order_number"))
        stage.check("first row", expected: "A × 2", actual: "\(cell(1, "sku")) × \(cell(1, "quantity"))")
        stage.check("second row", expected: "B × 1", actual: "\(cell(2, "sku")) × \(cell(2, "quantity"))")
        stage.check("total with tax", expected: "34.80", actual: cell(1, "gross"))
        stage.check("delivery address", expected: "Unit 4, LS9 8ZZ", actual: "\(cell(1, "delivery_street")), \(cell(1, "delivery_postcode"))")
        stage.check("billing postcode", expected: "LS1 4AP", actual: cell(1, "billing_postcode"))
    }
}
