import Domain

/// An entry of the list with which a price call reports lines that it left out: a text and values, but no line number.
package struct PriceFailure: Hashable, Sendable {
    /// With its placeholders, or filled in; in the language of the store.
    package var message: String
    /// In their order, numbers as their digits; `nil` where the line had nothing.
    package var parameters: [String?]

    /// How a failure stands to one line.
    package enum Match: Hashable, Sendable {
        case yes
        /// All but the website: meant only where no other line is meant exactly.
        case nearly
        case no
        /// The parameters have a form that is not known.
        case unclear
    }

    package init(message: String, parameters: [String?]) {
        self.message = message
        self.parameters = parameters
    }

    /// `nil` where it is no such entry.
    init?(_ json: JSON) {
        guard let message = json["message"]?.text, let elements = json["parameters"]?.elements else { return nil }
        self.message = message
        parameters = elements.map { element in
            switch element {
            case .string(let text), .number(let text): text
            case .bool(let flag): flag ? "1" : ""
            case .null, .array, .object: nil
            }
        }
    }

    /// The text with its values in, safe to show.
    package var rendered: String {
        var values = parameters.compactMap { $0 }[...]
        var text = ""
        var rest = message[...]
        while let mark = rest.firstIndex(of: "%") {
            text += rest[..<mark]
            rest = rest[mark...].dropFirst()
            let name = rest.prefix { $0.isLetter || $0.isNumber }
            guard !name.isEmpty, let value = values.popFirst() else {
                text += "%"
                continue
            }
            text += value
            rest = rest[name.endIndex...]
        }
        return Escaped(text + rest, limit: 300).description
    }

    /// Base prices and costs: `["SKU", code]`, `["Price", value]` without a word of the product, or the line's own values
    /// behind what is wrong with it. The first two keep their placeholders, which tells them from a product called "SKU".
    func matchOfPlain(sku: String, store: Int, amount: ExactDecimal) -> Match {
        guard message.contains("%fieldName") else {
            guard parameters.count >= 2 else { return .unclear }
            return Array(parameters.suffix(2)) == [sku, String(store)] ? .yes : .no
        }
        guard parameters.count == 2 else { return .unclear }
        if parameters[0] == "SKU" { return parameters[1] == sku ? .yes : .no }
        // Every line with that price is wrong in the same way.
        guard let value = parameters[1].flatMap({ JSON.number($0).decimal }) else { return .unclear }
        return value == amount ? .yes : .no
    }
}
