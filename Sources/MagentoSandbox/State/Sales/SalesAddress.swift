/// Where an order goes, or its invoice.
package struct SalesAddress: Hashable, Sendable {
    package var id = 0
    package var firstName: String
    package var lastName: String
    package var company: String?
    package var street: [String]
    package var city: String
    package var postcode: String
    package var country: String
    package var region: String?
    package var telephone: String
    package var email: String

    package init(
        firstName: String = "Ann",
        lastName: String = "Buyer",
        company: String? = nil,
        street: [String] = ["12 Mill Lane"],
        city: String = "Leeds",
        postcode: String = "LS1 4AP",
        country: String = "GB",
        region: String? = "West Yorkshire",
        telephone: String = "0113 496 0000",
        email: String = "ann.buyer@example.co.uk"
    ) {
        self.firstName = firstName
        self.lastName = lastName
        self.company = company
        self.street = street
        self.city = city
        self.postcode = postcode
        self.country = country
        self.region = region
        self.telephone = telephone
        self.email = email
    }
}
