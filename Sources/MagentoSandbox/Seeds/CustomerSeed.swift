/// Customers of a seed: `{"email", "firstname", "lastname", "group": "Trade A", "taxvat", "attributes": {"erp_account": "A1"},
/// "address": {"company", "street": [..], "city", "region", "postcode", "country", "telephone"}, "company": {"name", "credit_limit"}}`. A company makes the shop one of the B2B edition.
enum CustomerSeed {
    static func place(_ json: JSONValue, into state: inout ShopState) throws(SeedFile.Invalid) {
        guard let email = json["email"]?.text else { throw SeedFile.Invalid(description: "A customer has no email.") }
        let group = json["group"]?.text ?? "General"
        guard let groupID = state.customerGroups.first(where: { Collation.fold($0.code) == Collation.fold(group) })?.id else {
            throw SeedFile.Invalid(description: "There is no group `\(group)`.")
        }
        var customer = ShopCustomer(
            id: SalesBook.next(&state.sales.counters.customer), email: email, firstName: json["firstname"]?.text ?? "Ann",
            lastName: json["lastname"]?.text ?? "Buyer", groupID: groupID, taxNumber: json["taxvat"]?.text)
        for attribute in json["attributes"]?.members ?? [] {
            state.customerAttributes.insert(attribute.name)
            customer.attributes[attribute.name] = attribute.value.text
        }
        if let address = json["address"] {
            let text = { (name: String) in address[name]?.text ?? "" }
            var one = ShopCustomer.Address(
                id: SalesBook.next(&state.sales.counters.customerAddress), firstName: customer.firstName, lastName: customer.lastName,
                company: address["company"]?.text, street: address["street"]?.elements?.compactMap(\.text) ?? [], city: text("city"),
                postcode: text("postcode"), country: address["country"]?.text ?? "GB", region: address["region"]?.text, telephone: text("telephone"))
            one.isDefaultBilling = true
            one.isDefaultShipping = true
            customer.addresses.append(one)
        }
        if let company = json["company"] {
            state.addB2B()
            let id = (state.companies.map(\.id).max() ?? 0) + 1
            customer.companyID = id
            state.companies.append(
                ShopCompany(
                    id: id, name: company["name"]?.text ?? email, email: email, groupID: groupID, superUserID: customer.id,
                    creditLimit: company["credit_limit"]?.text.flatMap { Money(numeric: $0) }))
        }
        state.customers.append(customer)
    }
}

extension ShopState {
    /// Makes the shop one of the B2B edition.
    package mutating func addB2B() {
        for module in ["Magento_Company", "Magento_CompanyCredit"] where !modules.contains(module) { modules.append(module) }
    }
}
