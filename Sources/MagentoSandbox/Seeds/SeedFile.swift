/// A shop described in JSON: `{"products": [{"sku", "name", "price", "stock": {"main": 5}, "cost", "special": {"price", "from", "to"},
/// "tiers": [{"group", "quantity", "price"}]}], "sources": [..], "groups": ["Trade C"], "price_scope": "website", …}`.
/// `"customers"` is a list as `CustomerSeed` reads them, `"customer_attributes"` the codes of the shop's own, `"b2b": true` its edition;
/// `"orders"` is a list as `OrderSeed` reads them. What the file leaves out is as in `ShopState.empty`.
package enum SeedFile {
    package struct Invalid: Error, CustomStringConvertible {
        package var description: String
    }

    package static func read(_ bytes: [UInt8]) throws(Invalid) -> ShopState {
        guard let root = try? JSONParser.parse(bytes), case .object = root else {
            throw Invalid(description: "The seed is not a JSON object.")
        }
        var state = ShopState.empty
        for source in root["sources"]?.elements ?? [] {
            guard let code = source["source_code"]?.text else { throw Invalid(description: "A source has no source_code.") }
            state.sources.removeAll { $0.code == code }
            state.sources.append(
                InventorySource(
                    code: code, name: source["name"]?.text ?? code, isEnabled: source["enabled"] != .bool(false)))
        }
        for name in root["groups"]?.elements?.compactMap(\.text) ?? [] {
            state.customerGroups.append(CustomerGroup(id: (state.customerGroups.map(\.id).max() ?? -1) + 1, code: name))
        }
        if let scope = root["price_scope"]?.text.flatMap(PriceScope.init) { state.priceScope = scope }
        for product in root["products"]?.elements ?? [] {
            guard let sku = product["sku"]?.text else { throw Invalid(description: "A product has no sku.") }
            let kind = product["type_id"]?.text.flatMap(Product.Kind.init(rawValue:)) ?? .simple
            state.catalogue.add(
                sku: sku, name: product["name"]?.text, kind: kind, price: try number(product["price"]) { Money(numeric: $0) } ?? Money(10))
            try readPrices(product, sku, into: &state)
            for level in product["stock"]?.members ?? [] {
                state.sourceItems.upsert(
                    sku: sku, source: level.name, quantity: try number(level.value) { Quantity(numeric: $0) } ?? .zero, isInStock: true)
            }
        }
        for attribute in root["customer_attributes"]?.elements?.compactMap(\.text) ?? [] { state.customerAttributes.insert(attribute) }
        for customer in root["customers"]?.elements ?? [] { try CustomerSeed.place(customer, into: &state) }
        if root["b2b"]?.isTrue == true { state.addB2B() }
        for order in root["orders"]?.elements ?? [] {
            do {
                try state.place(try OrderSeed.read(order), now: order["placed"]?.whole.map { Int64($0) } ?? 1_795_224_000)
            } catch let error as ShopError {
                throw Invalid(description: "An order cannot be placed: \(error.phrase.message)")
            } catch {
                throw Invalid(description: "An order cannot be read: \(error)")
            }
        }
        if let maximum = root["maximum_items"]?.whole { state.limits.maximumItems = maximum }
        if let maximum = root["maximum_page_size"]?.whole { state.limits.maximumPageSize = maximum }
        state.catalogue.keepStamps()
        return state
    }

    private static func readPrices(_ json: JSONValue, _ sku: String, into state: inout ShopState) throws(Invalid) {
        guard let product = state.catalogue[sku] else { return }
        let place = PriceBook.Place(product: product.id, store: 0)
        if let cost = try number(json["cost"], { Money(numeric: $0) }) { state.prices.cost[place] = cost }
        if let special = json["special"], let price = try number(special["price"], { Money(numeric: $0) }) {
            state.prices.special[place] = .init(price: price, from: special["from"]?.text, to: special["to"]?.text)
        }
        for tier in json["tiers"]?.elements ?? [] {
            let name = tier["group"]?.text ?? ""
            guard let audience = state.audience(named: name) else { throw Invalid(description: "There is no group `\(name)`.") }
            let price = try number(tier["price"]) { Money(numeric: $0) } ?? .zero
            let quantity = try number(tier["quantity"]) { Quantity(numeric: $0) } ?? Quantity(1)
            state.prices.upsert(.init(audience: audience, quantity: quantity, value: .fixed(price)), of: product.id)
        }
    }

    private static func number<Number>(
        _ value: JSONValue?, _ make: (String) -> Number?
    ) throws(Invalid) -> Number? {
        switch value {
        case nil, .null: return nil
        case .number(let text), .string(let text):
            guard let number = make(text) else { throw Invalid(description: "`\(text)` is no number.") }
            return number
        case .bool, .array, .object: throw Invalid(description: "A number is expected.")
        }
    }
}
