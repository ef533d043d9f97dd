import Domain
import Magento

extension AccountApplier {
    /// What the shop holds of a customer, in the words of a file's value.
    func value(of customer: Customer) async throws -> AccountValue {
        var value = AccountValue()
        value[.email] = customer.email
        value[.firstName] = customer.firstName
        value[.lastName] = customer.lastName
        value[.group] = lookups.name(ofGroup: customer.group)
        value[.taxNumber] = customer.taxNumber
        for (field, code) in rules.attributes { value[field] = lookups.label(customer.attributes[code] ?? "", field) }
        if rules.owned.contains(.creditLimit), let credit = try await credit(of: customer) {
            value[.creditLimit] = credit.limit?.description ?? ""
        }
        if rules.owned.contains(.street) {
            for (field, text) in AccountAddress.texts(of: customer.billing) { value[field] = text }
        }
        return value.limited(to: rules.sent.union([.email, .firstName, .lastName]))
    }

    /// The credit of a customer's company; `nil` where there is none and the limit is an attribute.
    func credit(of customer: Customer) async throws -> Companies.Credit? {
        guard lookups.hasCompanies, let company = customer.company else { return nil }
        return try await client.companies.credit(of: company)
    }

    /// The body's members for `different`. The credit limit is a company's where `credit` is given, and so is the group where the
    /// customer has a company: its users take on the company's.
    func fields(
        _ different: AccountValue, whole: AccountValue, account: RecordKey, of customer: Customer?, credit: Companies.Credit?
    ) throws(RejectReason) -> CustomerFields {
        var fields = CustomerFields()
        for (field, text) in different.fields {
            switch field {
            case .email: fields.email = text
            case .firstName: fields.firstName = text
            case .lastName: fields.lastName = text
            case .taxNumber: fields.taxNumber = text
            case .group:
                guard let id = lookups.id(ofGroup: text) else { throw AccountRejections.group(text) }
                if !isCompanyUser(customer) { fields.group = id }
            case .creditLimit where credit != nil: continue
            case .creditLimit where rules.attributes[.creditLimit] == nil && !text.isEmpty:
                throw AccountRejections.noCompany(account)
            // Its owner may have no place for it but the address.
            case .name where rules.attributes[.name] == nil: continue
            case .name, .terms, .creditLimit, .stop, .parent:
                if let code = rules.attributes[field] { fields.attributes[code] = lookups.stored(text, field) }
            case .street, .city, .region, .postcode, .country, .telephone:
                fields.addresses = AccountAddress.list(customer, whole)
            }
        }
        return fields
    }

    func isCompanyUser(_ customer: Customer?) -> Bool { lookups.hasCompanies && customer?.company != nil }
}
