import Magento

extension Scenario {
    static let c196 = Scenario("C196", "Over the credit limit that the ERP set, the checkout blocks an order on account.") { stage in
        try await stage.begin(
            products: #"{"sku":"A","price":100,"stock":{"main":50,"north":50}}"#, flows: [ScenarioFlows.accounts],
            more: #","customer_attributes":["erp_account","erp_credit"],"b2b":true,"customers":[{"email":"accounts@smith.example","#
                + #""group":"Scenario trade","attributes":{"erp_account":"SMITH001"},"company":{"name":"Smith & Sons Ltd","credit_limit":"0"}}]"#)
        let id = try await stage.customers("accounts@smith.example").first?["id"]?.whole ?? 0
        func order(_ pieces: Int) -> String {
            #"{"items":[{"sku":"A","qty":\#(pieces)}],"customer":{"id":\#(id),"group":6},"payment":{"method":"companycredit"},"shipping_amount":0,"tax_percent":0}"#
        }
        func taken(_ pieces: Int) async throws -> String { try await stage.order(order(pieces)).isEmpty ? "blocked" : "taken" }

        stage.check("an order of 300 before the ERP set a limit", expected: "blocked", actual: try await taken(3))
        let rows = [
            "A/C,Name,E-mail,Price List Ref,Terms,Credit Limit,On Stop", "SMITH001,Smith & Sons Ltd,accounts@smith.example,TRADE,30 days,500.00,No",
        ]
        try stage.drop("customers/one.csv", rows)
        let run = try await stage.tallyman("run", "accounts")
        if run.exit == 4 { try await stage.tallyman("approve", "1") }
        stage.check("an order of 600 with a limit of 500", expected: "blocked", actual: try await taken(6))
        stage.check("an order of 300", expected: "taken", actual: try await taken(3))
        stage.check("another of 300, with 200 left", expected: "blocked", actual: try await taken(3))
    }
}
