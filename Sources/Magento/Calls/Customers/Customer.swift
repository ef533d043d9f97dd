package import Domain

/// A customer as the shop has it.
package struct Customer: Hashable, Sendable {
    package var id: Int
    package var email: String
    package var firstName: String
    package var lastName: String
    package var group: Int
    package var website: Int
    package var taxNumber: String
    /// The shop's own attributes by code, as texts.
    package var attributes: [String: String]
    /// As the shop tells them: whatever a module has added to them goes back with them.
    package var addresses: [JSON]
    /// B2B's number of the customer's company; `nil` for a customer without one.
    package var company: Int?
    package var modified: UTCInstant?
    package var created: UTCInstant?
    /// All that the shop told.
    package var document: JSON

    /// `nil` where the document is no customer.
    package init?(_ json: JSON) {
        guard let id = json["id"]?.whole, let email = json["email"]?.text, let group = json["group_id"]?.whole,
            let website = json["website_id"]?.whole
        else { return nil }
        self.id = id
        self.email = email
        self.group = group
        self.website = website
        firstName = json["firstname"]?.text ?? ""
        lastName = json["lastname"]?.text ?? ""
        taxNumber = json["taxvat"]?.text ?? ""
        addresses = json["addresses"]?.elements ?? []
        let number = json["extension_attributes"]?["company_attributes"]?["company_id"]?.whole
        company = number == 0 ? nil : number
        modified = json["updated_at"]?.text.flatMap(ShopTime.instant)
        created = json["created_at"]?.text.flatMap(ShopTime.instant)
        document = json
        attributes = (json["custom_attributes"]?.elements ?? []).reduce(into: [:]) { attributes, entry in
            guard let code = entry["attribute_code"]?.text else { return }
            attributes[code] = entry["value"].flatMap(Self.plain)
        }
    }

    private static func plain(_ value: JSON) -> String? {
        switch value {
        case .string(let text), .number(let text): text
        case .bool(let flag): flag ? "1" : "0"
        case .null, .array, .object: nil
        }
    }

    /// The address that invoices go to.
    package var billing: JSON? { addresses.first { $0["default_billing"] == .bool(true) } }
}
