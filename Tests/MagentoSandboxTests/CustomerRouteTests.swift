import Testing

@testable import MagentoSandbox

/// Customers, their attributes and companies, as far as no recording shows them.
struct CustomerRouteTests {
    private static let shop: ShopState = {
        var state = ShopState.empty
        state.customerAttributes = ["erp_account", "erp_terms"]
        state.customerChoices = ["erp_terms": ["30 days": "7"]]
        var customer = ShopCustomer(id: 1, email: "ann@a.example", firstName: "Ann", lastName: "Able", groupID: 4)
        customer.attributes["erp_account"] = "A1"
        customer.companyID = 1
        state.customers = [customer, ShopCustomer(id: 2, email: "bob@b.example", firstName: "Bob", lastName: "Baker")]
        state.companies = [ShopCompany(id: 1, name: "Able Ltd", email: "ann@a.example", groupID: 4, superUserID: 1, creditLimit: Money(100))]
        state.sales.counters.customer = 2
        return state
    }()

    private static func search(_ field: String, _ value: String, _ condition: String = "eq") -> String {
        let name = "searchCriteria%5BfilterGroups%5D%5B0%5D%5Bfilters%5D%5B0%5D"
        return "/rest/V1/customers/search?\(name)%5Bfield%5D=\(field)&\(name)%5Bvalue%5D=\(value)&\(name)%5Bcondition_type%5D=\(condition)"
    }

    @Test func `an attribute of the shop's own is a column of the search, and another is refused`() {
        var shop = Self.shop

        let found = shop.ask("GET", Self.search("erp_account", "a1,zz", "in"))
        let unknown = shop.ask("GET", Self.search("erp_none", "x"))

        #expect(found.text.contains(#""total_count":1"#) && found.text.contains(#"{"attribute_code":"erp_account","value":"A1"}"#), "\(found.text)")
        #expect(unknown.status == 400)
    }

    @Test func `an attribute is described with its choices, and one that is not there is 404`() {
        var shop = Self.shop

        let list = shop.ask("GET", "/rest/V1/attributeMetadata/customer/attribute/erp_terms")
        let text = shop.ask("GET", "/rest/V1/attributeMetadata/customer/attribute/erp_account")
        let none = shop.ask("GET", "/rest/V1/attributeMetadata/customer/attribute/nope")

        #expect(list.text.contains(#""frontend_input":"select""#) && list.text.contains(#"{"label":"30 days","value":"7"}"#))
        #expect(text.text.contains(#""frontend_input":"text""#))
        #expect(none.status == 404 && none.text.contains("No such entity"))
    }

    @Test func `a new customer gets one letter, and an attribute that is not there is dropped without a word`() {
        var shop = Self.shop
        let body =
            #"{"customer":{"email":"n@n.example","firstname":"N","lastname":"N","website_id":1,"group_id":5,"custom_attributes":[{"attribute_code":"erp_account","value":"N1"},{"attribute_code":"nope","value":"x"}]}}"#

        let made = shop.ask("POST", "/rest/V1/customers", body)
        let again = shop.ask("POST", "/rest/V1/customers", body)

        #expect(made.status == 200 && made.text.contains(#""group_id":5"#) && !made.text.contains("nope"))
        #expect(again.status == 400 && again.text.contains("same email address"))
        #expect(shop.sales.notifications.count == 1 && shop.customers.count == 3)
    }

    @Test func `companies and their credit are there with the B2B edition only`() {
        var shop = Self.shop
        #expect(shop.ask("GET", "/rest/V1/company/1").status == 404)
        #expect(!shop.ask("GET", "/rest/V1/customers/1").text.contains("company_attributes"))

        shop.addB2B()

        #expect(shop.ask("GET", "/rest/V1/customers/1").text.contains(#""company_id":1"#))
        let credit = shop.ask("GET", "/rest/V1/companyCredits/company/1").text
        #expect(credit.contains(#""id":101"#) && credit.contains(#""credit_limit":100"#))
        let body = #"{"creditLimit":{"id":101,"company_id":1,"credit_limit":2500.5,"currency_code":"GBP","exceed_limit":true}}"#
        #expect(shop.ask("PUT", "/rest/V1/companyCredits/101", body).text.contains(#""credit_limit":2500.5"#))
        #expect(shop.companies[0].mayExceed)
        #expect(shop.ask("GET", "/rest/V1/companyCredits/company/9").status == 404)
    }

    @Test func `a company is saved as a whole, and its group is that of its users`() {
        var shop = Self.shop
        shop.addB2B()
        let part = shop.ask("PUT", "/rest/V1/company/1", #"{"company":{"id":1,"customer_group_id":5}}"#)
        let whole = shop.ask("GET", "/rest/V1/company/1").text.replacing(#""customer_group_id":4"#, with: #""customer_group_id":5"#)

        let saved = shop.ask("PUT", "/rest/V1/company/1", "{\"company\":\(whole)}")

        #expect(part.status == 400 && part.text.contains("company_name"))
        #expect(saved.status == 200, "\(saved.text)")
        #expect(shop.customers.map(\.groupID) == [5, 1])
    }

    @Test func `a seed has customers, their addresses and companies`() throws {
        let text =
            #"{"customer_attributes":["x"],"customers":[{"email":"a@a.example","group":"trade a","attributes":{"erp_account":"A1"},"address":{"street":["1 Road"],"city":"Leeds","postcode":"LS1 4AP","telephone":"1"},"company":{"name":"A Ltd","credit_limit":"50"}}]}"#

        let state = try SeedFile.read(Array(text.utf8))

        #expect(state.customers[0].groupID == 4 && state.customers[0].addresses[0].isDefaultBilling && state.customers[0].companyID == 1)
        #expect(state.customerAttributes == ["x", "erp_account"] && state.companies[0].creditLimit == Money(50))
        #expect(state.modules.contains("Magento_CompanyCredit"))
        #expect(throws: SeedFile.Invalid.self) { try SeedFile.read(Array(#"{"customers":[{"email":"a@a.example","group":"nobody"}]}"#.utf8)) }
    }
}
