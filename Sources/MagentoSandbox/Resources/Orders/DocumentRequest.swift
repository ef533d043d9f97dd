/// The body of a ship, invoice or refund call. Top-level members that Magento does not know are passed over; inside the
/// objects they are refused.
enum DocumentRequest {
    static func lines(_ body: JSONValue) throws(ShopError) -> [(id: Int, quantity: Quantity)] {
        var lines: [(id: Int, quantity: Quantity)] = []
        for element in body.field("items")?.elements ?? [] {
            var id = 0
            var quantity = Quantity.zero
            for member in element.members ?? [] {
                switch QueryTree.camel(member.name) {
                case "orderItemId":
                    guard let number = member.value.whole else {
                        throw .type("order_item_id", value: member.value.text ?? "", expected: "int")
                    }
                    id = number
                case "qty": quantity = try SourceItems.quantity(member.value, field: "qty") ?? .zero
                case "extensionAttributes": break
                case let name: throw .unsupported(name.prefix(1).uppercased() + name.dropFirst())
                }
            }
            lines.append((id, quantity))
        }
        return lines
    }

    /// A comment is kept in any case; `appendComment` puts it into the customer's letter.
    static func comment(_ body: JSONValue) -> DocumentRequest.Comment? {
        guard let comment = body.field("comment"), let text = comment.field("comment")?.text else { return nil }
        return Comment(text: text, isVisible: comment.flag("is_visible_on_front"), isInLetter: body.flag("appendComment"))
    }

    struct Comment: Hashable, Sendable {
        var text: String
        var isVisible: Bool
        var isInLetter: Bool
    }

    static func extensions(_ body: JSONValue) -> JSONValue? { body.field("arguments")?.field("extension_attributes") }

    static func settlement(_ body: JSONValue) throws(ShopError) -> SettlementRequest {
        let arguments = body.field("arguments")
        var request = SettlementRequest(lines: try lines(body))
        request.comment = comment(body)
        request.isNotified = body.flag("notify")
        request.shipping = arguments?.field("shipping_amount")?.money
        request.adjustmentPositive = arguments?.field("adjustment_positive")?.money ?? .zero
        request.adjustmentNegative = arguments?.field("adjustment_negative")?.money ?? .zero
        request.returnedToStock = Set(extensions(body)?.wholes("return_to_stock_items") ?? [])
        return request
    }
}
