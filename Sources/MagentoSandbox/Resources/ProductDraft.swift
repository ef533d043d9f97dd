/// The `product` of a save before it is applied: only what was sent. Throws where a field is unknown or of a wrong type.
struct ProductDraft: Sendable {
    struct Stock: Sendable {
        var quantity: Quantity?
        var isInStock: Bool?
    }

    var sku: String?
    var name: String?
    var attributeSetID: Int?
    var price: Money?
    var status: Int?
    var visibility: Int?
    var kind: Product.Kind?
    var weight: String?
    var websiteIDs: [Int]?
    var stock: Stock?
    /// In the order sent.
    var attributes: [(code: String, value: String)] = []
    private var sent: [String] = []

    init(_ json: JSONValue) throws(ShopError) {
        for member in json.members ?? [] {
            sent.append(member.name)
            switch QueryTree.camel(member.name) {
            case "sku": sku = member.value.text
            case "name": name = member.value.text
            case "attributeSetId": attributeSetID = try Self.whole(member)
            case "price": price = try Self.money(member)
            case "status": status = try Self.whole(member)
            case "visibility": visibility = try Self.whole(member)
            case "typeId": kind = member.value.text.flatMap(Product.Kind.init(rawValue:))
            case "weight": weight = try Self.money(member)?.number
            case "extensionAttributes": try readExtensions(member.value)
            case "customAttributes": readAttributes(member.value)
            case "id", "createdAt", "updatedAt", "productLinks", "options", "mediaGalleryEntries", "tierPrices": break
            case let name: throw .unsupported(name.prefix(1).uppercased() + name.dropFirst())
            }
        }
    }

    private mutating func readExtensions(_ json: JSONValue) throws(ShopError) {
        websiteIDs = json.field("website_ids")?.elements?.compactMap(\.whole)
        guard let item = json.field("stock_item") else { return }
        var stock = Stock()
        if let quantity = item.field("qty") { stock.quantity = try SourceItems.quantity(quantity, field: "qty") }
        if let flag = item.field("is_in_stock") { stock.isInStock = flag == true || flag.whole == 1 }
        self.stock = stock
    }

    private mutating func readAttributes(_ json: JSONValue) {
        for element in json.elements ?? [] {
            guard let code = element.field("attribute_code")?.text else { continue }
            switch element.field("value") {
            case .string(let text), .number(let text): attributes.append((code, text))
            case .bool(let flag): attributes.append((code, flag ? "1" : "0"))
            case nil, .null, .array, .object: break
            }
        }
    }

    /// Values of a store view hide the default without changing it; the price is the price table's business.
    func apply(to product: inout Product, store: Int) {
        let texts = [name.map { ("name", $0) }, status.map { ("status", String($0)) }].compactMap { $0 } + attributes
        guard store == 0 else {
            for (code, value) in texts { product.storeValues[store, default: [:]][code] = value }
            return
        }
        if let name { product.name = name }
        if let status { product.isEnabled = status == 1 }
        for (code, value) in attributes { product.attributes[code] = value }
        if let visibility { product.visibility = visibility }
        if let weight { product.weight = weight }
        if let websiteIDs { product.websiteIDs = websiteIDs }
        if let attributeSetID { product.attributeSetID = attributeSetID }
    }

    /// For the journal: the fields and attributes that were sent.
    var summary: String {
        (sent.filter { QueryTree.camel($0) != "customAttributes" } + attributes.map { "attribute.\($0.code)" }).sorted()
            .joined(separator: " ")
    }

    private static func whole(_ member: JSONValue.Member) throws(ShopError) -> Int? {
        if member.value == .null { return nil }
        guard let number = member.value.whole else {
            throw .type(member.name, value: member.value.text ?? "", expected: "int")
        }
        return number
    }

    private static func money(_ member: JSONValue.Member) throws(ShopError) -> Money? {
        switch member.value {
        case .null: return nil
        case .number(let text), .string(let text):
            guard let money = Money(numeric: text) else { throw .type(member.name, value: text, expected: "float") }
            return money
        case .bool, .array, .object: throw .type(member.name, value: "", expected: "float")
        }
    }
}
