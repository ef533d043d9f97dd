package import Domain

/// An order as far as the ERP's answers concern it: its state, and per row what is still open.
package struct OrderSnapshot: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package var id: Int
        package var parent: Int?
        package var product: Int?
        /// Of a bundle: whether its parts leave as one, as its product says; `nil` where nobody asked.
        package var shipsTogether: Bool?
        package var sku: String
        /// `simple`, `configurable`, `bundle`, `virtual` …
        package var kind: String
        package var isVirtual: Bool
        package var takesFractions: Bool
        /// The row bears a price of its own; parts of a bundle with a price of its own do not.
        package var isPriced: Bool
        package var ordered: ExactDecimal
        package var invoiced: ExactDecimal
        package var shipped: ExactDecimal
        package var refunded: ExactDecimal
        package var canceled: ExactDecimal

        package init(
            id: Int, parent: Int? = nil, sku: String, kind: String = "simple", isVirtual: Bool = false, takesFractions: Bool = false,
            isPriced: Bool = true, ordered: ExactDecimal, invoiced: ExactDecimal = 0, shipped: ExactDecimal = 0, refunded: ExactDecimal = 0,
            canceled: ExactDecimal = 0
        ) {
            self.id = id
            self.parent = parent
            self.sku = sku
            self.kind = kind
            self.isVirtual = isVirtual
            self.takesFractions = takesFractions
            self.isPriced = isPriced
            self.ordered = ordered
            self.invoiced = invoiced
            self.shipped = shipped
            self.refunded = refunded
            self.canceled = canceled
        }
    }

    /// A line of the order's history; the newest first.
    package struct Comment: Hashable, Sendable {
        package var text: String
        package var status: String

        package init(text: String, status: String) {
            self.text = text
            self.status = status
        }
    }

    package var id: Int
    package var incrementID: String
    package var state: String
    package var status: String
    package var lines: [Line]
    package var comments: [Comment]

    package init(id: Int, incrementID: String, state: String, status: String, lines: [Line], comments: [Comment] = []) {
        self.id = id
        self.incrementID = incrementID
        self.state = state
        self.status = status
        self.lines = lines
        self.comments = comments
    }

    /// All that is read of it: a projection saves most of the bytes.
    static let fields =
        "items[entity_id,increment_id,state,status,items[item_id,parent_item_id,product_id,sku,product_type,is_virtual,is_qty_decimal,price,"
        + "qty_ordered,qty_invoiced,qty_shipped,qty_refunded,qty_canceled],status_histories[comment,status]],total_count"

    /// `nil` where the answer lacks what an order always has.
    package init?(_ json: JSON) {
        guard let id = json["entity_id"]?.whole, let number = json["increment_id"]?.text, let state = json["state"]?.text,
            let items = json["items"]?.elements
        else { return nil }
        let lines = items.compactMap(Line.init)
        guard lines.count == items.count else { return nil }
        self.init(
            id: id, incrementID: number, state: state, status: json["status"]?.text ?? state, lines: lines,
            comments: (json["status_histories"]?.elements ?? []).map {
                Comment(text: $0["comment"]?.text ?? "", status: $0["status"]?.text ?? "")
            })
    }
}

extension OrderSnapshot.Line {
    fileprivate init?(_ json: JSON) {
        guard let id = json["item_id"]?.whole, let sku = json["sku"]?.text, let ordered = json["qty_ordered"]?.decimal else { return nil }
        let number = { (name: String) in json[name]?.decimal ?? .zero }
        self.init(
            id: id, parent: json["parent_item_id"]?.whole, sku: sku, kind: json["product_type"]?.text ?? "simple",
            isVirtual: json["is_virtual"]?.whole == 1, takesFractions: json["is_qty_decimal"]?.whole == 1,
            isPriced: !(json["price"]?.decimal ?? 1).isZero, ordered: ordered,
            invoiced: number("qty_invoiced"), shipped: number("qty_shipped"), refunded: number("qty_refunded"),
            canceled: number("qty_canceled"))
        product = json["product_id"]?.whole
    }
}
