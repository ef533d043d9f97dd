/// An account of the storefront.
package struct ShopCustomer: Hashable, Sendable {
    package struct Address: Hashable, Sendable {
        package var id: Int
        package var firstName: String
        package var lastName: String
        package var company: String?
        package var street: [String]
        package var city: String
        package var postcode: String
        package var country: String
        package var region: String?
        package var telephone: String
        package var isDefaultShipping = false
        package var isDefaultBilling = false

        package init(
            id: Int, firstName: String, lastName: String, company: String? = nil, street: [String], city: String, postcode: String, country: String,
            region: String? = nil, telephone: String, isDefaultShipping: Bool = false, isDefaultBilling: Bool = false
        ) {
            self.id = id
            self.firstName = firstName
            self.lastName = lastName
            self.company = company
            self.street = street
            self.city = city
            self.postcode = postcode
            self.country = country
            self.region = region
            self.telephone = telephone
            self.isDefaultShipping = isDefaultShipping
            self.isDefaultBilling = isDefaultBilling
        }
    }

    package var id: Int
    package var email: String
    package var firstName: String
    package var lastName: String
    package var groupID: Int
    package var storeID: Int
    package var websiteID: Int
    package var taxNumber: String?
    package var addresses: [Address] = []
    /// The shop's own attributes by code.
    package var attributes: [String: String] = [:]
    /// The company that the customer buys for, in the B2B edition.
    package var companyID: Int?
    package var createdAt: String
    package var updatedAt: String

    package init(
        id: Int, email: String, firstName: String, lastName: String, groupID: Int = 1, storeID: Int = 1, websiteID: Int = 1,
        taxNumber: String? = nil, createdAt: String = "2026-11-21 01:00:00"
    ) {
        self.id = id
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.groupID = groupID
        self.storeID = storeID
        self.websiteID = websiteID
        self.taxNumber = taxNumber
        self.createdAt = createdAt
        updatedAt = createdAt
    }
}
