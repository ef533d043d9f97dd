/// An entry of the list with which a price call reports the lines it left out: a message and values, but no line number.
struct PriceFailure: Hashable, Sendable {
    var message: String
    var parameters: [JSONValue]

    var json: JSONValue { ["message": .string(message), "parameters": .array(parameters)] }

    static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    static func text(_ number: Int?) -> JSONValue { number.map { .string(String($0)) } ?? .null }

    static func invalid(_ field: String, _ value: JSONValue) -> PriceFailure {
        PriceFailure(message: "Invalid attribute %fieldName = %fieldValue.", parameters: [.string(field), value])
    }

    static func unknownStore(_ line: PriceLine) -> PriceFailure {
        PriceFailure(
            message: "Requested store is not found. Row ID: SKU = \(line.sku ?? ""), Store ID: \(line.storeID.map(String.init) ?? "").",
            parameters: [text(line.sku), text(line.storeID)])
    }

    /// Of a cost line; the text comes with its values filled in.
    static func cost(_ line: PriceLine) -> PriceFailure {
        let cost = line.amount?.number
        return PriceFailure(
            message: "Invalid attribute Cost = \(cost ?? ""). Row ID: SKU = \(line.sku ?? ""), Store ID: \(line.storeID.map(String.init) ?? "").",
            parameters: [text(cost), text(line.sku), text(line.storeID)])
    }

    /// Of a special price line: `what` is said first, `extra` stands before the line's own values.
    static func special(_ what: String, _ line: PriceLine, extra: String? = nil) -> PriceFailure {
        let place = "SKU = \(line.sku ?? ""), Store ID: \(line.storeID.map(String.init) ?? "")"
        return PriceFailure(
            message: "\(what) Row ID: \(place), Price From: \(line.from ?? ""), Price To: \(line.to ?? "").",
            parameters: (extra.map { [.string($0)] } ?? []) + [text(line.sku), text(line.storeID), text(line.from), text(line.to)])
    }

    /// Of a tier price line, with its placeholders left in.
    static func tier(_ what: String, _ line: PriceLine, extra: String? = nil) -> PriceFailure {
        tier(
            what, extra: extra,
            row: [text(line.sku), text(line.websiteID), text(line.group), text(line.quantity?.number)])
    }

    static func tier(_ what: String, extra: String? = nil, row: [JSONValue]) -> PriceFailure {
        PriceFailure(
            message: what
                + " Row ID: SKU = %SKU, Website ID: %websiteId, Customer Group: %customerGroup, Quantity: %qty.",
            parameters: (extra.map { [.string($0)] } ?? []) + row)
    }
}
