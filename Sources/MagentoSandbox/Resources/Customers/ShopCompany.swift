/// A company of the B2B edition, with its credit.
package struct ShopCompany: Hashable, Sendable {
    package var id: Int
    package var name: String
    package var email: String
    package var groupID: Int
    /// 0 pending, 1 approved, 2 rejected, 3 blocked.
    package var status = 1
    package var address: ShopCustomer.Address
    package var superUserID: Int
    package var creditLimit: Money?
    package var balance = Money(0)
    package var mayExceed = false

    package init(id: Int, name: String, email: String, groupID: Int = 1, superUserID: Int, creditLimit: Money? = nil) {
        self.id = id
        self.name = name
        self.email = email
        self.groupID = groupID
        self.superUserID = superUserID
        self.creditLimit = creditLimit
        address = ShopCustomer.Address(
            id: 0, firstName: "", lastName: "", street: ["12 Mill Lane"], city: "Leeds", postcode: "LS1 4AP", country: "GB",
            region: "West Yorkshire", telephone: "0113 496 0000")
    }

    /// The credit has a number of its own, which is not the company's.
    package var creditID: Int { id + 100 }
}
