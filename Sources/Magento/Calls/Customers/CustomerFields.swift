/// What is sent of a customer; what is `nil` or absent is in no body and stays as it is.
package struct CustomerFields: Hashable, Sendable {
    package var email: String?
    package var firstName: String?
    package var lastName: String?
    package var group: Int?
    package var taxNumber: String?
    package var attributes: [String: String] = [:]
    /// All of the customer's addresses: the shop deletes those that a list leaves out.
    package var addresses: [JSON]?

    package init() {}

    package var isEmpty: Bool { self == CustomerFields() }

    /// The members of the body's `customer`.
    var members: JSONObject {
        var members = JSONObject()
        members["email"] = email.map { .string($0) }
        members["firstname"] = firstName.map { .string($0) }
        members["lastname"] = lastName.map { .string($0) }
        members["group_id"] = group.map { .number(String($0)) }
        members["taxvat"] = taxNumber.map { .string($0) }
        members["addresses"] = addresses.map { .array($0) }
        if !attributes.isEmpty {
            members["custom_attributes"] = .array(
                attributes.sorted { $0.key < $1.key }.map { code, value in
                    .object(["attribute_code": .string(code), "value": .string(value)])
                })
        }
        return members
    }
}
