package import Domain

/// A shipment, an invoice or a credit memo as far as it tells whether something was done already.
package struct SalesDocument: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package var orderItem: Int
        package var quantity: ExactDecimal

        package init(orderItem: Int, quantity: ExactDecimal) {
            self.orderItem = orderItem
            self.quantity = quantity
        }
    }

    package var id: Int
    package var incrementID: String
    package var order: Int
    package var lines: [Line]
    package var comments: [String]
    /// Tracking numbers.
    package var tracks: [String]
    /// A shipment's source.
    package var source: String?
    package var total: ExactDecimal?
    /// When it was made, by the shop's clock.
    package var created: UTCInstant?
    /// What a credit memo gives back of the shipping, without tax, and besides its rows.
    package var shipping: ExactDecimal?
    package var adjustment: ExactDecimal?

    /// All that is read of it: a projection saves most of the bytes.
    static let fields =
        "items[entity_id,increment_id,order_id,created_at,grand_total,shipping_amount,adjustment,items[order_item_id,qty],comments[comment],tracks[track_number],"
        + "extension_attributes[source_code]],total_count"

    package init?(_ json: JSON) {
        guard let id = json["entity_id"]?.whole, let order = json["order_id"]?.whole else { return nil }
        self.id = id
        self.order = order
        incrementID = json["increment_id"]?.text ?? String(id)
        lines = (json["items"]?.elements ?? []).compactMap { item in
            guard let line = item["order_item_id"]?.whole, let quantity = item["qty"]?.decimal else { return nil }
            return Line(orderItem: line, quantity: quantity)
        }
        comments = (json["comments"]?.elements ?? []).compactMap { $0["comment"]?.text }
        tracks = (json["tracks"]?.elements ?? []).compactMap { $0["track_number"]?.text }
        source = json["extension_attributes"]?["source_code"]?.text
        total = json["grand_total"]?.decimal
        created = json["created_at"]?.text.flatMap(ShopTime.instant)
        shipping = json["shipping_amount"]?.decimal
        adjustment = json["adjustment"]?.decimal
    }

    static func malformed(_ what: String) -> Diagnostic {
        Diagnostic(
            "SHOP-MALFORMED", "\(what) came without what it always has", fix: "Look for a module that changes the API's answers",
            kind: .transient)
    }
}

/// The rows of a document that is to be made.
package struct DocumentLines: Hashable, Sendable {
    package let lines: [SalesDocument.Line]

    /// `nil` for no row at all: Magento takes an empty list for everything that is left.
    package init?(_ lines: [SalesDocument.Line]) {
        guard !lines.isEmpty, lines.allSatisfy({ $0.quantity.isPositive }) else { return nil }
        self.lines = lines
    }

    /// No goods, and yet no empty list: one row of the order with nothing of it, for a credit memo of money alone.
    package init(nothingOf orderItem: Int) { lines = [SalesDocument.Line(orderItem: orderItem, quantity: 0)] }

    func write(into text: inout JSONText) {
        text.list(lines) { text, line in
            text.raw("{\"order_item_id\":")
            text.number(String(line.orderItem))
            text.raw(",\"qty\":")
            text.number(line.quantity.description)
            text.raw("}")
        }
    }
}

/// The remark by which a document is found again, and whether the customer is written to.
package struct DocumentNote: Hashable, Sendable {
    package var comment: String
    package var isNotified: Bool

    package init(comment: String, isNotified: Bool) {
        self.comment = comment
        self.isNotified = isNotified
    }

    /// The remark is for the shop's staff: it is neither shown to the customer nor put into the letter.
    func write(into text: inout JSONText) {
        text.raw(",\"notify\":")
        if isNotified { text.raw("true") } else { text.raw("false") }
        text.raw(",\"appendComment\":false,\"comment\":{\"comment\":")
        text.string(comment)
        text.raw(",\"is_visible_on_front\":0}")
    }
}
