/// The `customer` of a call: only what was sent.
struct CustomerDraft: Sendable {
    var email: String?
    var firstName: String?
    var lastName: String?
    var groupID: Int?
    var storeID: Int?
    var websiteID: Int?
    var taxNumber: String?
    /// `nil` keeps the addresses there are; a list deletes all that it does not name.
    var addresses: [ShopCustomer.Address]?
    var attributes: [(code: String, value: String)] = []

    init(_ json: JSONValue) throws(ShopError) {
        email = json.field("email")?.text
        firstName = json.field("firstname")?.text
        lastName = json.field("lastname")?.text
        groupID = json.field("group_id")?.whole
        storeID = json.field("store_id")?.whole
        websiteID = json.field("website_id")?.whole
        taxNumber = json.field("taxvat")?.text
        for element in json.field("custom_attributes")?.elements ?? [] {
            guard let code = element.field("attribute_code")?.text else { continue }
            switch element.field("value") {
            case .string(let text)?, .number(let text)?: attributes.append((code, text))
            case .bool(let flag)?: attributes.append((code, flag ? "1" : "0"))
            case nil, .null?, .array?, .object?: break
            }
        }
        guard let list = json.field("addresses")?.elements else { return }
        var addresses: [ShopCustomer.Address] = []
        for element in list { addresses.append(try Self.address(element)) }
        self.addresses = addresses
    }

    private static func address(_ json: JSONValue) throws(ShopError) -> ShopCustomer.Address {
        let text = { (name: String) in json.field(name)?.text ?? "" }
        for (name, field) in [
            ("firstname", "firstname"), ("lastname", "lastname"), ("city", "city"), ("telephone", "telephone"), ("postcode", "postcode"),
        ] where text(name).isEmpty {
            throw .required(field)
        }
        return ShopCustomer.Address(
            id: json.field("id")?.whole ?? 0, firstName: text("firstname"), lastName: text("lastname"), company: json.field("company")?.text,
            street: json.field("street")?.elements?.compactMap(\.text) ?? [], city: text("city"), postcode: text("postcode"),
            country: text("country_id"), region: json.field("region")?.field("region")?.text, telephone: text("telephone"),
            isDefaultShipping: json.flag("default_shipping"), isDefaultBilling: json.flag("default_billing"))
    }
}
