import Domain
import Magento
import MagentoSandbox
import Synchronization
import Testing

@testable import Entities

struct AccountApplierTests {
    @Test func `V3 C006 a save names what differs, leaves addresses out, and touches no field of the customer's`() async throws {
        var cy = AccountShop.customer(1, "cy@c.example", code: "C3", group: 4, ["erp_terms": "30 days", "erp_name": "Kept"])
        cy.addresses = [
            .init(id: 7, firstName: "F", lastName: "L", street: ["1 Road"], city: "Leeds", postcode: "LS1 4AP", country: "GB", telephone: "1")
        ]
        let shop = AccountShop([cy])
        let applier = try await shop.applier()

        let answer = await applier.apply([
            AccountShop.change("C3", [.group: "Trade B", .terms: "30 days"], before: [.group: "Trade A", .terms: "30 days"])
        ])

        #expect(answer == [.applied(evidence: "200 from customers")])
        var wanted = cy
        wanted.groupID = 5
        wanted.updatedAt = shop.customers[0].updatedAt
        #expect(shop.customers == [wanted])
    }

    @Test func `custattr: an attribute in no set stops the flow before anything is sent, and a value that the shop drops is never called applied`()
        async throws
    {
        let cy = AccountShop.customer(1, "cy@c.example", code: "C3", group: 4)
        let shop = AccountShop([cy])
        let applier = try await shop.applier()
        shop.direct.withShop { $0.customerAttributesInNoSet = ["erp_terms"] }

        let answer = await applier.apply([AccountShop.change("C3", [.terms: "30 days"], before: [.terms: "14 days"])])

        #expect(answer.first?.rejection?.code == "ATTRIBUTE-DROPPED", "\(answer)")
        #expect(answer.first?.rejection?.text.contains("erp_terms") == true)
        await #expect { _ = try await shop.applier() } throws: { ($0 as? Diagnostic)?.code == "ATTRIBUTE-DROPPED" }
    }

    @Test func `C200 V3 the address of invoices is put back among the others, and none is lost`() async throws {
        var cy = AccountShop.customer(1, "cy@c.example", code: "C3")
        let home = ShopCustomer.Address(
            id: 7, firstName: "F", lastName: "L", street: ["1 Road"], city: "Leeds", postcode: "LS1 4AP", country: "GB", region: "West Yorkshire",
            telephone: "1",
            isDefaultShipping: true)
        var office = home
        office.id = 8
        office.isDefaultBilling = true
        office.isDefaultShipping = false
        cy.addresses = [home, office]
        let shop = AccountShop([cy])
        let applier = try await shop.applier { $0.owned = Set(AccountField.address) }
        let address: [AccountField: String] = [
            .street: "2 Mill\nYard", .city: "York", .region: "North Yorkshire", .postcode: "YO1 7HH", .country: "GB", .telephone: "2",
        ]

        let answer = await applier.apply([AccountShop.change("C3", address, before: [.city: "Leeds"])])

        #expect(answer == [.applied(evidence: "200 from customers")])
        let held = shop.customers[0].addresses
        #expect(held.map(\.id) == [7, 8] && held[0] == home)
        #expect(held[1].street == ["2 Mill", "Yard"] && held[1].city == "York" && held[1].region == "North Yorkshire" && held[1].telephone == "2")
        #expect(held[1].isDefaultBilling && held[1].firstName == "F")
        let observed = try await applier.readBack([AccountShop.change("C3", address)])
        #expect(
            AccountDefinition(AccountShop.rules { $0.owned = Set(AccountField.address) }).isSatisfied(
                AccountValue(address).encoded, by: observed[0].value))
    }

    @Test func `C196 where the shop has companies, limit and group go to the company of the customer`() async throws {
        var user = AccountShop.customer(1, "cy@c.example", code: "C3", group: 4)
        user.companyID = 1
        var colleague = AccountShop.customer(2, "dee@c.example", group: 4)
        colleague.companyID = 1
        let shop = AccountShop([user, colleague, AccountShop.customer(3, "e@e.example", code: "E5")]) { state in
            state.addB2B()
            state.companies = [ShopCompany(id: 1, name: "Cy Ltd", email: "cy@c.example", groupID: 4, superUserID: 1, creditLimit: Money(1000))]
        }
        let applier = try await shop.applier { $0.attributes[.creditLimit] = nil }
        let before: [AccountField: String] = [.group: "Trade A", .creditLimit: "1000"]

        let answers = await applier.apply([
            AccountShop.change("C3", [.group: "Trade B", .creditLimit: "2500.5"], before: before),
            AccountShop.change("E5", [.creditLimit: "5"], before: [:], id: 2),
        ])

        #expect(answers.first == .applied(evidence: "200 from company, 200 from companyCredits"))
        guard case .rejected(let reason)? = answers.last else { throw Unexpected() }
        #expect(reason.code == "ACCOUNT-NO-COMPANY")
        let companies = shop.direct.withShop { $0.companies }
        #expect(companies[0].groupID == 5 && companies[0].creditLimit == Money(numeric: "2500.5"))
        #expect(shop.customers.prefix(2).map(\.groupID) == [5, 5])
        let observed = try await applier.readBack([AccountShop.change("C3", [:])])
        #expect(try AccountValue(encoded: observed[0].value)[.creditLimit] == "2500.5")
    }

    @Test(arguments: [nil] + DirectShop.Mishap.lostAnswers.map { Optional($0) })
    func `C192 C195 F51 a missing company is made once with its first user, whatever answer is lost`(_ mishap: DirectShop.Mishap?) async throws {
        let hits = Mutex<[String: Int]>([:])
        let shop = AccountShop([AccountShop.customer(1, "b@b.example", code: "B2")], prepare: { $0.addB2B() }) { call in
            // The first call of each kind goes wrong.
            hits.withLock { hits in
                hits[call.label, default: 0] += 1
                return hits[call.label] == 1 ? mishap : nil
            }
        }
        let applier = try await shop.applier {
            $0.companies = .create
            $0.owned = Set(AccountField.address).union([.group, .creditLimit])
            $0.attributes[.creditLimit] = nil
        }
        let address: [AccountField: String] = [
            .street: "2 Mill\nYard", .city: "York", .region: "North Yorkshire", .postcode: "YO1 7HH", .country: "GB", .telephone: "2",
        ]
        let value = address.merging([.group: "Trade A", .creditLimit: "500", .name: "New Ltd", .email: "n@n.example"]) { $1 }
        let changes = [
            AccountShop.change("N1", value), AccountShop.change("B2", value.merging([.email: "b@b.example", .name: "Bob Ltd"]) { $1 }, id: 2),
        ]

        var waiting = changes
        for _ in 0..<8 where !waiting.isEmpty {
            let answers = await applier.apply(waiting)
            #expect(answers.allSatisfy { $0.rejection == nil }, "\(answers)")
            waiting = zip(waiting, answers).filter { $0.1.deferral != nil }.map(\.0)
        }

        #expect(waiting.isEmpty && shop.customers.count == 2 && shop.letters == 1)
        let companies = shop.direct.withShop { $0.companies }.sorted { $0.name < $1.name }
        #expect(
            companies.map(\.name) == ["Bob Ltd", "New Ltd"]
                && companies.allSatisfy { $0.creditLimit == Money(500) && $0.groupID == 4 && $0.status == 1 })
        #expect(companies.map(\.address.street) == [["2 Mill", "Yard"], ["2 Mill", "Yard"]])
        #expect(shop.customers.allSatisfy { $0.companyID != nil && $0.groupID == 4 && $0.addresses.count == 1 })
    }

    private struct Unexpected: Error {}

    @Test func `C198 an account is found by its code before its e-mail, and nobody else's customer is taken`() async throws {
        let shop = AccountShop([
            AccountShop.customer(1, "one@x.example", code: "A1"), AccountShop.customer(2, "two@x.example"),
            AccountShop.customer(3, "three@x.example", code: "Z9"),
            AccountShop.customer(4, "f@x.example", code: "F4"), AccountShop.customer(5, "g@x.example", code: "f4"),
        ])
        let applier = try await shop.applier { $0.newAccounts = .reject }
        func newcomer(_ key: String, _ email: String) -> UnconfirmedKey {
            UnconfirmedKey(key: RecordKey(key), value: AccountValue([.email: email]).encoded)
        }

        let standings = try await applier.lookUp([
            newcomer("a1", "two@x.example"), newcomer("B2", "TWO@x.example"), newcomer("C3", "three@x.example"), newcomer("F4", "f@x.example"),
            newcomer("N1", "new@x.example"),
        ])

        func code(_ key: String) -> String? { if case .unsuitable(let reason)? = standings[RecordKey(key)] { reason.code } else { nil } }
        #expect(standings[RecordKey("a1")] == .known(spelling: RecordKey("a1")))
        #expect(standings[RecordKey("B2")] == .known(spelling: RecordKey("B2")))
        #expect(code("C3") == "ACCOUNT-TAKEN" && code("F4") == "ACCOUNT-SEVERAL")
        #expect(standings[RecordKey("N1")] == nil)
    }

    @Test(arguments: [(AccountRules.NewAccounts.leave, "left out"), (.create, "ACCOUNT-GROUP-MISSING"), (.reject, "unknown")])
    func `V2 an account that the shop does not have is made only with a group, by name`(_ policy: AccountRules.NewAccounts, _ wanted: String)
        async throws
    {
        let applier = try await AccountShop().applier { $0.newAccounts = policy }
        let value = AccountValue([.email: "n@n.example", .lastName: "N"])

        let standing = try await applier.lookUp([UnconfirmedKey(key: RecordKey("N1"), value: value.encoded)])[RecordKey("N1")]

        switch standing {
        case .leftOut: #expect(wanted == "left out")
        case .unsuitable(let reason): #expect(reason.code == wanted)
        case nil: #expect(wanted == "unknown")
        case .known: Issue.record("it would be made without a group")
        }
    }

    @Test func `V2 a group that the shop chooses by itself is no success`() async throws {
        let shop = AccountShop([AccountShop.customer(1, "a@a.example", code: "A1")])
        let applier = try await shop.applier()
        let moving = AccountApplier(
            client: MagentoClient(transport: GroupMover(shop: shop.direct)), rules: applier.rules, lookups: applier.lookups)

        let answer = await moving.apply([AccountShop.change("A1", [.group: "Trade A"], before: [.group: "General"])])

        guard case .rejected(let reason)? = answer.first else { throw Unexpected() }
        #expect(reason.code == "ACCOUNT-GROUP-MOVED" && reason.text.contains("Retailer"))
    }

    /// A shop that judges VAT numbers and moves customers while it saves them.
    private struct GroupMover: ShopTransport {
        var shop: DirectShop

        func send(_ call: ShopCall) async -> Answer {
            let answer = await shop.send(call)
            guard call.method == .put, case .done(var payload) = answer, case .object(var members) = payload.json else { return answer }
            members["group_id"] = .number("3")
            payload.json = .object(members)
            return .done(payload)
        }
    }

    @Test func `an attribute or a website that the shop does not have stops the flow before anything is sent`() async throws {
        let shop = AccountShop { $0.customerAttributes.remove("erp_terms") }
        await #expect(throws: Diagnostic.self) { try await shop.applier() }
        await #expect(throws: Diagnostic.self) { try await AccountShop().applier { $0.website = "trade" } }
        await #expect(throws: Diagnostic.self) { try await AccountShop().applier { $0.attributes[.creditLimit] = nil } }
    }
}
