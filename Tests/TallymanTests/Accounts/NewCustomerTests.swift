import Foundation
import MagentoSandbox
import Testing

/// New customers of the shop on their way to the ERP and back, by the program itself.
struct NewCustomerTests {
    private static let world: AccountWorld = {
        var world = AccountWorld()
        world.settings.append("new: create")
        world.flows = [
            "signups:", "  push: {endpoint: erp, folder: in, name: \"CUST_{batch}.csv\"}", "  profile: generic/customers",
            "  customers: {attribute: erp_account, since: \"2026-11-21\"}",
        ]
        return world
    }()

    private static func with(_ state: ShopState = AccountWorld.shop, _ body: (Installation) async throws -> Void) async throws {
        try await world.with(state) { installation in
            try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/in", withIntermediateDirectories: true)
            try await body(installation)
        }
    }

    private static func lines(_ installation: Installation, _ name: String) -> [String] {
        let text = String(decoding: FileManager.default.contents(atPath: "\(installation.folder)/erp/in/\(name)") ?? Data(), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
    }

    @Test func `C014 C205 a new customer leaves once, and the ERP's code comes back with its list`() async throws {
        try await Self.with { installation in
            let first = try await installation.tallyman("run", "signups")
            #expect(first.exit == 0 && first.output.contains("customers: 3 read = 1 applied + 2 unchanged"), "\(first.all)")
            #expect(Self.lines(installation, "CUST_000001.csv").count == 1)
            let list = try await installation.tallyman("consignments")
            let one = try await installation.tallyman("consignments", "1")
            #expect(list.output.contains("customers") && !list.output.contains("orders"), "\(list.all)")
            #expect(one.output.contains("customer") && !one.output.contains("  order "), "\(one.all)")
            let idle = try await installation.tallyman("run", "signups")
            #expect(idle.exit == 0 && installation.names(in: "erp/in") == ["CUST_000001.csv"], "\(idle.all)")

            // Bob changes something in his account, another one registers, and the ERP has given Bob a code.
            installation.shop.withState { state in
                state.customers[1].updatedAt = "2036-11-21 02:00:00"
                AccountWorld.add("dan@d.example", nil, group: 1, to: &state)
                state.customers[3].updatedAt = "2036-11-21 02:00:00"
            }
            try Self.world.drop("c1.csv", ["BOB1,Bob Ltd,bob@b.example,TRADE,30 days,,"], in: installation, minute: 1)
            let linked = try await installation.tallyman("run", "accounts")
            #expect(linked.exit == 0 && installation.customer("bob@b.example")?.attributes["erp_account"] == "BOB1", "\(linked.all)")
            let second = try await installation.tallyman("run", "signups")

            #expect(second.exit == 0 && second.output.contains("1 applied"), "\(second.all)")
            #expect(Self.lines(installation, "CUST_000002.csv").map { $0.prefix(2) } == ["4,"])
            #expect(installation.customers(with: "BOB1") == 1)
        }
    }

    @Test func `C014 without a day only those leave who register after the first run, and a trade group may wait`() async throws {
        var world = Self.world
        world.flows[3] = "  customers: {attribute: erp_account, groups: [General]}"
        try await world.with { installation in
            try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/in", withIntermediateDirectories: true)
            let before = try await installation.tallyman("run", "signups")
            #expect(before.exit == 0 && installation.names(in: "erp/in").isEmpty, "\(before.all)")
            installation.shop.withState { state in
                AccountWorld.add("dan@d.example", nil, group: 1, to: &state)
                AccountWorld.add("eve@e.example", nil, group: 4, to: &state)
                for index in state.customers.indices.suffix(2) {
                    state.customers[index].createdAt = "2036-11-21 03:00:00"
                    state.customers[index].updatedAt = "2036-11-21 03:00:00"
                }
            }

            let after = try await installation.tallyman("run", "signups")

            #expect(after.exit == 0, "\(after.all)")
            #expect(Self.lines(installation, "CUST_000001.csv").map { $0.prefix(2) } == ["4,"])
        }
    }

    @Test func `a flow carries orders or customers, and the attribute has to be there`() async throws {
        var world = Self.world
        world.flows += ["  select: {since: \"2026-11-21\"}"]
        try await world.with { installation in
            let lint = try await installation.tallyman("lint")
            #expect(lint.exit == 2 && lint.all.contains("give orders a flow of their own"), "\(lint.all)")
        }
        try await Self.with { installation in
            installation.shop.withState { _ = $0.customerAttributes.remove("erp_account") }
            let run = try await installation.tallyman("run", "signups")
            #expect(run.all.contains("ATTRIBUTE-UNKNOWN") && installation.names(in: "erp/in").isEmpty, "\(run.all)")
        }
    }

    @Test func `C205 C327 the order of a customer unknown to the ERP waits, and leaves by itself once the code is back`() async throws {
        var world = Self.world
        world.flows += [
            "orders:", "  push: {endpoint: erp, folder: in, name: \"ORD_{batch}.csv\"}", "  profile: generic/orders",
            "  select: {states: {\"*\": new}}",
            "  orders: {account_attribute: erp_account}",
        ]
        try await world.with { installation in
            try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/in", withIntermediateDirectories: true)
            installation.shop.withState { state in
                state.catalogue.add(sku: "A", price: Money(10))
                state.sourceItems.upsert(sku: "A", source: "main", quantity: Quantity(50), isInStock: true)
                for customer in [2, 3] {
                    var draft = OrderDraft([.init("A", Quantity(1))])
                    draft.buyer = .init(customerID: customer, groupID: 1)
                    do { try state.place(draft, now: 1_795_224_000) } catch { Issue.record("\(error)") }
                }
            }
            let first = try await installation.tallyman("run", "orders")
            #expect(first.exit == 3 && first.output.contains("2 read = 1 applied + 1 rejected"), "\(first.all)")
            #expect(try await installation.tallyman("errors").output.contains("ACCOUNT-WAITS"))
            #expect(Self.lines(installation, "ORD_000001.csv").allSatisfy { $0.contains(",C3,") })

            // The customer leaves, the ERP makes an account of it, and its next list brings the code.
            #expect(try await installation.tallyman("run", "signups").exit == 0)
            try world.drop("c1.csv", ["BOB1,Bob Ltd,bob@b.example,TRADE,,,"], in: installation, minute: 1)
            #expect(try await installation.tallyman("run", "accounts").exit == 0)
            let second = try await installation.tallyman("run", "orders")

            #expect(second.exit == 0 && second.output.contains("1 applied"), "\(second.all)")
            #expect(Self.lines(installation, "ORD_000002.csv").allSatisfy { $0.contains(",BOB1,") })
            #expect(try await installation.tallyman("errors").output.contains("ACCOUNT-WAITS") == false)
        }
    }
}
