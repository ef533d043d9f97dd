/// One line of a source-items call before it is checked; what is absent or null is `nil`.
struct SourceItemDraft: Hashable, Sendable {
    struct Problem: Hashable, Sendable {
        var field: String
        var complaint: String

        var text: String { "\"\(field)\" \(complaint)" }
        var phrase: ShopError.Phrase {
            ShopError.Phrase(message: "\"%field\" \(complaint)", parameters: ["field": .string(field)])
        }
    }

    var sku: String?
    var source: String?
    var quantity: Quantity?
    var status: Int?

    init(_ line: JSONValue) throws(ShopError) {
        guard case .object(let members) = line else { return }
        for member in members {
            switch QueryTree.camel(member.name) {
            case "sku": sku = try Self.text(member)
            case "sourceCode": source = try Self.text(member)
            case "quantity": quantity = try SourceItems.quantity(member.value, field: "quantity")
            case "status": status = try Self.whole(member)
            case "extensionAttributes": break
            case let name: throw .unsupported(name.prefix(1).uppercased() + name.dropFirst())
            }
        }
    }

    /// In the order of Magento's validators.
    var problems: [Problem] {
        var problems: [Problem] = []
        let sku = sku ?? ""
        if sku.allSatisfy(\.isWhitespace) {
            problems.append(Problem(field: "sku", complaint: "can not be empty."))
        } else if sku.first == " " || sku.last == " " {
            problems.append(Problem(field: "sku", complaint: "can not contain leading or trailing spaces."))
        }
        let source = source ?? ""
        if source.allSatisfy(\.isWhitespace) {
            problems.append(Problem(field: "source_code", complaint: "can not be empty."))
        } else if source.contains(where: \.isWhitespace) {
            problems.append(Problem(field: "source_code", complaint: "can not contain whitespaces."))
        }
        if quantity == nil { problems.append(Problem(field: "quantity", complaint: "should be numeric.")) }
        if let status {
            if status != 0, status != 1 { problems.append(Problem(field: "status", complaint: "should a known status.")) }
        } else {
            problems.append(Problem(field: "status", complaint: "should be numeric."))
        }
        return problems
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
}
