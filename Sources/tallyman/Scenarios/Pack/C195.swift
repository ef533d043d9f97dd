import Domain
import Magento

extension Scenario {
    static let c195 = Scenario("C195", "A new trade account in the ERP appears in the shop, once, in its price group and with its limit.") { stage in
        try await stage.begin(
            products: #"{"sku":"A","price":10,"stock":{"main":5}}"#, flows: [ScenarioFlows.accounts],
            more: #","customer_attributes":["erp_account","erp_credit"]"#)
        let rows = [
            "A/C,Name,E-mail,Price List Ref,Terms,Credit Limit,On Stop", "SMITH001,Smith & Sons Ltd,accounts@smith.example,TRADE,30 days,500.00,No",
        ]
        for (name, seconds) in [("one", 0.0), ("two", 2.0)] {
            try stage.drop("customers/\(name).csv", rows, after: seconds)
            let run = try await stage.tallyman("run", "accounts")
            stage.check("exit code of run \(name)", expected: "0", actual: "\(run.exit)")
        }
        let found = try await stage.customers("accounts@smith.example")
        let attributes = found.first?["custom_attributes"]?.elements ?? []
        func attribute(_ code: String) -> String {
            let value = attributes.first { $0["attribute_code"]?.text == code }?["value"]
            return value?.text ?? value?.decimal.map { "\($0)" } ?? "-"
        }
        stage.check("customers of the account", expected: "1", actual: "\(found.count)")
        stage.check("price group", expected: "6, Scenario trade", actual: found.first?["group_id"]?.whole == 6 ? "6, Scenario trade" : "another")
        stage.check("the ERP's code", expected: "SMITH001", actual: attribute("erp_account"))
        stage.check("credit limit", expected: "500", actual: ExactDecimal(plain: attribute("erp_credit")).map { "\($0)" } ?? "-")
    }
}
