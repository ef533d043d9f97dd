import Domain

/// A piece of what the ERP knows of a trade account.
package enum AccountField: UInt8, Hashable, Sendable, CaseIterable, Comparable {
    case email = 0, firstName, lastName, name, group, terms, creditLimit, stop, taxNumber, parent
    case street, city, region, postcode, country, telephone

    package static func < (left: AccountField, right: AccountField) -> Bool { left.rawValue < right.rawValue }

    /// Taken together: half an address is none.
    static let address: [AccountField] = [.street, .city, .region, .postcode, .country, .telephone]
    /// The shop takes no address without them.
    static let neededOfAddress: [AccountField] = [.street, .city, .postcode, .country, .telephone]

    static func isAddressWhole(_ value: AccountValue) -> Bool {
        neededOfAddress.allSatisfy { value[$0].map { !$0.isEmpty } ?? false }
    }

    /// What settings call the parts that an ERP may own. Contact names are the customer's own once the account is there.
    package static let ownable: [(word: String, fields: [AccountField])] = [
        ("group", [.group]), ("terms", [.terms]), ("credit_limit", [.creditLimit]), ("on_stop", [.stop]), ("name", [.name]), ("email", [.email]),
        ("tax_number", [.taxNumber]), ("parent", [.parent]), ("address", address),
    ]

    /// What a new customer is found by or made of, whoever owns it.
    static let ofNewcomers: [AccountField] = [.email, .firstName, .lastName, .name]

    /// Those kept in an attribute of the shop's own, which the settings name.
    static let kept: [AccountField] = [.name, .terms, .creditLimit, .stop, .parent]

    /// As previews and reasons call it.
    var word: String {
        switch self {
        case .email: "e-mail"
        case .firstName: "first name"
        case .lastName: "last name"
        case .name: "name"
        case .group: "group"
        case .terms: "terms"
        case .creditLimit: "credit limit"
        case .stop: "on stop"
        case .taxNumber: "tax number"
        case .parent: "parent"
        case .street: "street"
        case .city: "town"
        case .region: "county"
        case .postcode: "postcode"
        case .country: "country"
        case .telephone: "telephone"
        }
    }

    /// Whether the owner may say that there is none any more.
    var isClearable: Bool {
        switch self {
        case .name, .terms, .creditLimit, .taxNumber, .parent, .region: true
        case .email, .firstName, .lastName, .group, .stop, .street, .city, .postcode, .country, .telephone: false
        }
    }
}
