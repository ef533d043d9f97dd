import Foundation
import MagentoSandbox
import Testing

/// docs/security.md says of companies: the rights that the shop's refusals name. Whoever ticks these, one after the other, has all that is needed.
struct CompanyRightsTests {
    @Test func `a shop with companies names each right that is missing, and with exactly those and the documented ones every command works`()
        async throws
    {
        var world = AccountWorld()
        world.settings = [
            "owns: [group, credit_limit]", "attributes: {account: erp_account}", "groups: {TRADE: \"Trade A\", SILVER: \"Trade B\"}",
            "limits: {trade_group: allow}",
        ]
        var state = AccountWorld.shop
        state.addB2B()
        state.companies = [ShopCompany(id: 1, name: "Cy Ltd", email: "cy@c.example", groupID: 4, superUserID: 3, creditLimit: Money(1000))]
        for index in state.customers.indices where state.customers[index].email == "cy@c.example" { state.customers[index].companyID = 1 }
        let documented: Set = [
            "Magento_Backend::store", "Magento_Backend::admin", "Magento_Customer::customer", "Magento_Customer::manage", "Magento_Customer::group",
        ]
        try await world.with(state) { installation in
            var rights = documented
            func allow() {
                installation.shop.withState { [rights] state in
                    for index in state.access.integrations.indices { state.access.integrations[index].resources = .only(rights) }
                }
            }
            var named: [String] = []
            // Each round names one; the last one works.
            for round in 0..<6 {
                allow()
                try world.drop("c\(round).csv", ["C3,Cy Ltd,cy@c.example,SILVER,,\"\(2_000 + round).00\",No"], in: installation, minute: round + 1)
                let run = try await installation.tallyman("run", "accounts")
                let doctor = try await installation.tallyman("doctor")
                let errors = try await installation.tallyman("errors")
                let reconcile = try await installation.tallyman("reconcile", "accounts")
                let said = [run, doctor, errors, reconcile].map(\.all).joined()
                guard let missing = said.firstMatch(of: /Magento_Company[A-Za-z]*::[a-z_]+|Magento_Sales::[a-z_]+/).map({ String($0.0) }),
                    !rights.contains(missing)
                else {
                    #expect(run.exit == 0 && doctor.exit == 0 && reconcile.exit == 0, "\(said)")
                    break
                }
                named.append(missing)
                rights.insert(missing)
            }

            #expect(!named.isEmpty && named.count < 6, "\(named)")
            let company = installation.shop.withState { $0.companies[0] }
            #expect(company.groupID == 5 && company.creditLimit == Money(Int64(2_000 + named.count)))
        }
    }
}
