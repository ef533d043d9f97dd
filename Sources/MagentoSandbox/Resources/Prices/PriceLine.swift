/// One line of a price call as Magento's input processor reads it; what is absent or null is `nil`.
struct PriceLine: Hashable, Sendable {
    enum Form: String, Sendable {
        case base = "BasePriceInterface"
        case special = "SpecialPriceInterface"
        case tier = "TierPriceInterface"
        case cost = "CostInterface"

        /// The class that input limits and type errors name.
        var type: String { "\\Magento\\Catalog\\Api\\Data\\\(rawValue)" }

        fileprivate var fields: Set<String> {
            switch self {
            case .base: ["sku", "price", "storeId"]
            case .special: ["sku", "price", "storeId", "priceFrom", "priceTo"]
            case .tier: ["sku", "price", "priceType", "websiteId", "customerGroup", "quantity"]
            case .cost: ["sku", "cost", "storeId"]
            }
        }
    }

    var sku: String?
    /// `price`, or `cost`.
    var amount: Money?
    /// A per cent value of a discount tier has the price's column too.
    var storeID: Int?
    var websiteID: Int?
    var from: String?
    var to: String?
    var priceType: String?
    var group: String?
    var quantity: Quantity?

    /// The lines of a body's `prices`. Throws where a field is unknown or of a wrong type: then the whole call is refused.
    static func read(_ value: JSONValue, _ form: Form, limits: InputLimits) throws(ShopError) -> [PriceLine] {
        let elements: [JSONValue] =
            switch value {
            case .array(let elements): elements
            case .object(let members): members.map(\.value)
            case .null, .bool, .number, .string: []
            }
        if let maximum = limits.maximumItems, elements.count > maximum {
            throw .tooManyItems(type: form.type, maximum: maximum)
        }
        var lines: [PriceLine] = []
        for element in elements { lines.append(try PriceLine(element, form)) }
        return lines
    }

    private init(_ json: JSONValue, _ form: Form) throws(ShopError) {
        for member in json.members ?? [] {
            let name = QueryTree.camel(member.name)
            if name == "extensionAttributes" { continue }
            guard form.fields.contains(name) else { throw .unsupported(name.prefix(1).uppercased() + name.dropFirst()) }
            switch name {
            case "sku": sku = try Self.text(member)
            case "price", "cost": amount = try Self.number(member) { Money(numeric: $0) }
            case "quantity": quantity = try Self.number(member) { Quantity(numeric: $0) }
            case "storeId": storeID = try Self.whole(member)
            case "websiteId": websiteID = try Self.whole(member)
            case "priceFrom": from = try Self.text(member)
            case "priceTo": to = try Self.text(member)
            case "priceType": priceType = try Self.text(member)
            default: group = try Self.text(member)
            }
        }
    }

    private static func text(_ member: JSONValue.Member) throws(ShopError) -> String? {
        switch member.value {
        case .string(let text), .number(let text): return text
        case .bool(let flag): return flag ? "1" : ""
        case .null: return nil
        case .array, .object: throw .type(member.name, value: "Array", expected: "string")
        }
    }

    private static func whole(_ member: JSONValue.Member) throws(ShopError) -> Int? {
        if member.value == .null { return nil }
        guard let number = member.value.whole else {
            throw .type(member.name, value: member.value.text ?? "", expected: "int")
        }
        return number
    }

    private static func number<Number>(
        _ member: JSONValue.Member, _ make: (String) -> Number?
    ) throws(ShopError) -> Number? {
        switch member.value {
        case .null: return nil
        case .number(let text), .string(let text):
            guard let number = make(text) else { throw .type(member.name, value: text, expected: "float") }
            return number
        case .bool, .array, .object: throw .type(member.name, value: "", expected: "float")
        }
    }
}
