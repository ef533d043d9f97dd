/// Renders an answer in the form that `Accept` asks for.
enum AnswerRenderer {
    static func render(_ value: JSONValue, accept: String?, fields: String?) -> ShopAnswer {
        var value = value
        if let fields { value = FieldsProjection(fields).map { $0.apply(to: value) } ?? .array([]) }
        guard let accept, accept != "", !accept.contains("*/*"), !accept.contains("application/json") else {
            return ShopAnswer(status: 200, json: value)
        }
        guard accept.contains("application/xml") else { return .errorReport }
        let text = "<?xml version=\"1.0\"?>\n<response>\n\(xml(value, indent: "  "))</response>\n"
        return ShopAnswer(status: 200, contentType: "application/xml; charset=utf-8", body: Array(text.utf8))
    }

    private static func xml(_ value: JSONValue, indent: String) -> String {
        switch value {
        case .array(let elements): elements.map { element("item", $0, indent: indent) }.joined()
        case .object(let members): members.map { element($0.name, $0.value, indent: indent) }.joined()
        case .null, .bool, .number, .string: ""
        }
    }

    private static func element(_ name: String, _ value: JSONValue, indent: String) -> String {
        switch value {
        case .array, .object: "\(indent)<\(name)>\n\(xml(value, indent: indent + "  "))\(indent)</\(name)>\n"
        case .null: "\(indent)<\(name)/>\n"
        case .bool(let flag): "\(indent)<\(name)>\(flag ? 1 : 0)</\(name)>\n"
        case .number(let digits): "\(indent)<\(name)>\(digits)</\(name)>\n"
        case .string(let text): "\(indent)<\(name)>\(escaped(text))</\(name)>\n"
        }
    }

    static func escaped(_ text: String) -> String {
        var out = ""
        for character in text {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            default: out.append(character)
            }
        }
        return out
    }
}
