import Foundation
import MagentoSandbox
import Testing

/// Customer lists from the ERP's folder to the sandbox shop, by the program itself.
struct AccountRunTests {
    @Test func `C199 C204 V3 a list changes what the ERP owns of a customer, and nothing else`() async throws {
        let world = AccountWorld()
        try await world.with { installation in
            let before = installation.customer("cy@c.example")
            try world.drop("c1.csv", ["C3,Changed Name,other@c.example,,,\"2,500.00\",Yes"], in: installation, minute: 1)

            let run = try await installation.tallyman("run", "accounts")

            #expect(run.exit == 0 && run.output.contains("accounts: 1 read = 1 applied"), "\(run.all)")
            var wanted = before
            wanted?.attributes["erp_credit"] = "2500"
            wanted?.attributes["erp_stop"] = "1"
            wanted?.updatedAt = installation.customer("cy@c.example")?.updatedAt ?? ""
            #expect(installation.customer("cy@c.example") == wanted, "empty cells clear nothing, name and e-mail are the customer's own")
        }
    }

    @Test func `C195 C198 a customer with the account's e-mail is linked, and a second list changes nothing`() async throws {
        let world = AccountWorld()
        try await world.with { installation in
            let rows = ["B2,Bob Ltd,BOB@b.example,TRADE,30 days,500.00,No", "A1,Ann Ltd,ann@a.example,SILVER,,,"]
            try world.drop("c1.csv", rows, in: installation, minute: 1)
            let first = try await installation.tallyman("run", "accounts")
            #expect(first.exit == 0 && first.output.contains("2 read = 2 applied"), "\(first.all)")
            try world.drop("c2.csv", Array(rows.reversed()), in: installation, minute: 2)
            let writes = installation.requests("PUT")

            let again = try await installation.tallyman("run", "accounts")

            #expect(again.exit == 0 && again.output.contains("2 read = 2 unchanged"), "\(again.all)")
            #expect(installation.requests("PUT") == writes)
            let bob = installation.customer("bob@b.example")
            #expect(bob?.groupID == 4 && bob?.attributes["erp_account"] == "B2" && bob?.attributes["erp_terms"] == "30 days")
            #expect(installation.customer("ann@a.example")?.groupID == 5)
        }
    }

    @Test func `C203 V2 a missing group, an unknown one and a customer without a code never become trade`() async throws {
        var world = AccountWorld()
        world.settings += ["new: create", "new_group: General"]
        try await world.with { installation in
            // The shop's own default would be a trade group.
            installation.shop.withState { state in
                for index in state.websites.indices { state.websites[index].defaultGroupID = 1 }
            }
            try world.drop(
                "c1.csv", ["N1,New Ltd,new@n.example,,,,", "N2,Odd Ltd,odd@n.example,GOLD,,,", "B2,Bob Ltd,bob@b.example,,,,"],
                in: installation, minute: 1)

            let run = try await installation.tallyman("run", "accounts")
            let queue = try await installation.tallyman("errors")

            #expect(run.exit == 3 && run.output.contains("3 read = 2 applied + 1 rejected"), "\(run.all)")
            #expect(queue.output.contains("ACCOUNT-GROUP") && queue.output.contains("GOLD"), "\(queue.all)")
            #expect(installation.customer("new@n.example")?.groupID == 1)
            #expect(installation.customer("odd@n.example") == nil)
            #expect(installation.customer("bob@b.example")?.groupID == 1)
        }
    }

    @Test func `C197 C203 a trade group, a raised limit and another log-in wait for a person`() async throws {
        var world = AccountWorld()
        world.settings = [
            "owns: [group, credit_limit, email]", "attributes: {account: erp_account, credit_limit: erp_credit}",
            "groups: {TRADE: \"Trade A\", RETAIL: General}", "limits: {credit_limit: 5000}",
        ]
        try await world.with { installation in
            try world.drop(
                "c1.csv",
                ["A1,Ann Ltd,new-ann@a.example,RETAIL,,100,", "B2,Bob Ltd,bob@b.example,TRADE,,100,", "C3,Cy Ltd,cy@c.example,TRADE,,\"9,000.00\","],
                in: installation, minute: 1)

            let held = try await installation.tallyman("run", "accounts")
            #expect(held.exit == 4 && installation.requests("PUT") == 0, "\(held.all)")
            #expect(held.output.contains("gate trade_group: customers who come into a trade group or leave one: 2 of 3"), "\(held.all)")
            #expect(held.output.contains("gate credit_limit: credit limits that rise above 5000: 1 of 3"), "\(held.all)")
            #expect(held.output.contains("gate email: customers who would log in with another address: 1 of 3"), "\(held.all)")
            let approved = try await installation.tallyman("approve", "1")

            #expect(approved.exit == 0 && approved.output.contains("3 read = 3 applied"), "\(approved.all)")
            #expect(installation.customer("new-ann@a.example")?.groupID == 1)
            #expect(installation.customer("bob@b.example")?.groupID == 4)
        }
    }

    @Test func `C193 C194 F45 doubles, shared addresses, broken ones and unknown accounts wait by name`() async throws {
        var world = AccountWorld()
        world.settings += ["checks: {postcode: reject}"]
        world.header += ",Address 5"
        try await world.with { installation in
            try world.drop(
                "c1.csv",
                [
                    "A1,Ann,ann@a.example,TRADE,,,,LS1 4AP", "D1,Twin,twin@d.example,TRADE,,,,", "D2,Twin,TWIN@d.example,TRADE,,,,",
                    "E1,Broken,ann@a.example; bob,TRADE,,,,", "F1,Twice,f@f.example,TRADE,,,,", "F1,Twice,f@f.example,TRADE,,,,",
                    "G1,Ghost,ghost@g.example,TRADE,,,,", "H1,Code,h@h.example,TRADE,,,,EH1", "J1,Taken,cy@c.example,TRADE,,,,",
                ], in: installation, minute: 1)

            let run = try await installation.tallyman("run", "accounts")
            let queue = try await installation.tallyman("errors")

            #expect(run.exit == 3 && run.output.contains("9 read = 1 unchanged + 8 rejected"), "\(run.all)")
            for code in ["EMAIL-SHARED", "EMAIL", "TWICE", "UNKNOWN", "POSTCODE", "TAKEN"] {
                #expect(queue.output.contains("ACCOUNT-\(code)"), "\(code): \(queue.all)")
            }
            #expect(installation.requests("PUT") == 0)
        }
    }

    @Test func `C2 what staff change is found by reconcile, and rollback puts back what a list changed`() async throws {
        let world = AccountWorld()
        try await world.with { installation in
            try world.drop(
                "c1.csv", ["A1,Ann Ltd,ann@a.example,SILVER,30 days,,No", "C3,Cy Ltd,cy@c.example,SILVER,60 days,2000,No"], in: installation,
                minute: 1)
            let first = try await installation.tallyman("run", "accounts")
            #expect(first.exit == 0 && first.output.contains("2 applied"), "\(first.all)")
            let good = try await installation.tallyman("reconcile", "accounts")
            #expect(good.output.contains("2 match + 0 differ"), "\(good.all)")

            installation.shop.withState { $0.customers[2].groupID = 1 }
            let found = try await installation.tallyman("reconcile", "accounts")
            #expect(found.output.contains("1 match + 1 differ"), "\(found.all)")
            installation.shop.withState { $0.customers[2].groupID = 5 }
            let back = try await installation.tallyman("rollback", "1")

            #expect(back.exit == 0 && back.output.contains("2 applied"), "\(back.all)")
            #expect(installation.customer("ann@a.example")?.groupID == 4)
            let cy = installation.customer("cy@c.example")
            #expect(cy?.groupID == 4 && cy?.attributes["erp_terms"] == "30 days" && cy?.attributes["erp_credit"] == "1000")
            let why = try await installation.tallyman("why", "C3")
            #expect(why.output.contains("c1.csv line 3") && why.output.contains("group Trade B"), "\(why.all)")
        }
    }

    @Test func `V2 a customer group that was renamed stops the accounts until someone accepts it`() async throws {
        let world = AccountWorld()
        try await world.with { installation in
            try world.drop("c1.csv", ["A1,Ann Ltd,ann@a.example,SILVER,,,"], in: installation, minute: 1)
            _ = try await installation.tallyman("run", "accounts")
            // The name of one trade group is given to another.
            installation.shop.withState { state in
                for index in state.customerGroups.indices {
                    switch state.customerGroups[index].code {
                    case "Trade A": state.customerGroups[index].code = "Old A"
                    case "Retailer": state.customerGroups[index].code = "Trade A"
                    default: break
                    }
                }
            }
            try world.drop("c2.csv", ["A1,Ann Ltd,ann@a.example,TRADE,,,"], in: installation, minute: 2)

            let stopped = try await installation.tallyman("run", "accounts")
            #expect(stopped.exit == 1 && stopped.all.contains("GROUP-CHANGED") && stopped.all.contains("accounts.groups"), "\(stopped.all)")
            #expect(installation.customer("ann@a.example")?.groupID == 5)
            _ = try await installation.tallyman("groups", "accounts", "--accept")
            let accepted = try await installation.tallyman("run", "accounts")

            #expect(accepted.exit == 0, "\(accepted.all)")
            #expect(installation.customer("ann@a.example")?.groupID == 3)
        }
    }

    @Test func `C193 accounts that do not buy on the web are left out, and one that comes later is taken`() async throws {
        var world = AccountWorld()
        world.settings += ["new: leave"]
        try await world.with { installation in
            let rows = ["Z1,Zed Ltd,zed@z.example,TRADE,30 days,,No", "A1,Ann Ltd,ann@a.example,TRADE,,,"]
            try world.drop("c1.csv", rows, in: installation, minute: 1)
            let first = try await installation.tallyman("run", "accounts")
            #expect(first.exit == 0 && first.output.contains("2 read = 2 unchanged"), "\(first.all)")
            installation.shop.withState { AccountWorld.add("zed@z.example", nil, group: 1, to: &$0) }
            try world.drop("c2.csv", rows.reversed(), in: installation, minute: 2)

            let second = try await installation.tallyman("run", "accounts")

            #expect(second.exit == 0 && second.output.contains("1 applied + 1 unchanged"), "\(second.all)")
            #expect(installation.customer("zed@z.example")?.groupID == 4)
        }
    }

    @Test func `accounts of two websites are not kept in one set of books`() async throws {
        var world = AccountWorld()
        world.flows = [
            "other:", "  pull: {endpoint: erp, folder: other, files: \"*.csv\", then: delete}", "  profile: sage50/customers",
            "  accounts: {website: trade, owns: [tax_number], attributes: {account: erp_account}}",
        ]
        try await world.with { installation in
            let lint = try await installation.tallyman("lint")

            #expect(lint.exit == 2 && lint.all.contains("another website"), "\(lint.all)")
        }
    }
}
