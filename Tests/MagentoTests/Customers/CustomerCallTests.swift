import Domain
import Magento
import MagentoSandbox
import TestKit
import Testing

struct CustomerCallTests {
    private static func shop(_ count: Int, prepare: (inout ShopState) -> Void = { _ in }) -> ShopState {
        var state = ShopState.empty
        state.customerAttributes = ["erp_account"]
        for number in 1...count {
            var customer = ShopCustomer(
                id: number, email: "c\(number)@x.example", firstName: "C", lastName: "\(number)",
                createdAt: "2026-11-21 01:00:\(number < 10 ? "0" : "")\(number)")
            customer.attributes["erp_account"] = "K\(number)"
            state.customers.append(customer)
        }
        state.sales.counters.customer = count
        prepare(&state)
        return state
    }

    @Test func `F72 customers who change between pages are neither lost nor taken twice`() async throws {
        try await SandboxedShop.run(Self.shop(23)) { world in
            var seen: [Int] = []

            try await Customers(world.client.transport, pageRows: 5).all(website: 1) { page in
                seen += page.map(\.id)
                let isEarly = seen.count < 15
                world.shop.withState { state in
                    state.customers[1].updatedAt = "2026-11-22 00:00:00"
                    if isEarly { state.customers.removeAll { $0.id == 3 } }
                }
            }

            #expect(seen == Array(1...23))
        }
    }

    @Test func `F71 a limit on pages is taken over, and long lists of codes are cut to fit a URL`() async throws {
        let state = Self.shop(40) { $0.limits = InputLimits(maximumItems: 100, maximumPageSize: 7, defaultPageSize: 7) }
        try await SandboxedShop.run(state) { world in
            let codes = (1...40).map { "k\($0)" } + (0..<600).map { "a long account code without a customer \($0)" }

            let found = try await world.client.customers.find(codes, in: .attribute("erp_account"), website: 1)

            #expect(Set(found.map(\.id)) == Set(1...40) && found.count == 40)
            #expect(try await world.client.customers.find(["C7@X.EXAMPLE"], in: .email, website: 1).map(\.id) == [7])
            #expect(try await world.client.customers.find(["c7@x.example"], in: .email, website: 2).isEmpty)
        }
    }

    @Test func `a sweep finds who changed and who is new, and states the shop's time`() async throws {
        try await SandboxedShop.run(Self.shop(9)) { world in
            world.shop.withState { $0.customers[7].updatedAt = "2026-11-21 02:00:00" }
            let two = ShopTime.instant("2026-11-21 02:00:00")
            var seen: [Int] = []

            let time = try await world.client.customers.sweep(changedSince: two, createdSince: nil, websites: [1]) { seen += $0.map(\.id) }
            var created: [Int] = []
            _ = try await world.client.customers.sweep(changedSince: nil, createdSince: ShopTime.instant("2026-11-21 01:00:08"), websites: []) {
                created += $0.map(\.id)
            }

            #expect(seen == [8] && time != nil && created == [8, 9])
            #expect(try await world.client.customers.find(ids: [2, 99, 5]).map(\.id) == [2, 5])
        }
    }

    @Test func `a save changes the members it names, and a second customer with the address is refused`() async throws {
        try await SandboxedShop.run(Self.shop(2)) { world in
            let customer = try #require(try await world.client.customers.find(ids: [1]).first)
            var fields = CustomerFields()
            fields.group = 5
            fields.attributes = ["erp_account": "NEW"]

            let saved = await world.client.customers.save(customer, fields)
            fields.email = "c2@x.example"
            fields.firstName = "D"
            fields.lastName = "D"
            let refused = await world.client.customers.submit(fields, website: 1)

            guard case .done = saved else { throw Unexpected(answer: saved) }
            #expect(world.shop.withState { $0.customers[0].groupID } == 5)
            #expect(world.shop.withState { $0.customers[0].attributes["erp_account"] } == "NEW")
            #expect(refused.refusal?.reason == .invalid)
            #expect(world.shop.withState { $0.customers.count } == 2)
        }
    }

    private struct Unexpected: Error { var answer: Answer }

    @Test func `S13 no value of a customer stands in what is told of a call`() async throws {
        let state = Self.shop(1) { $0.isInMaintenance = true }
        try await SandboxedShop.run(state) { world in
            _ = await #expect {
                _ = try await world.client.customers.find(["secret@person.example"], in: .email, website: 1)
            } throws: { error in
                let text = "\(error)"
                return !text.contains("secret") && !text.contains("person.example") && !text.isEmpty
            }
        }
    }
}
