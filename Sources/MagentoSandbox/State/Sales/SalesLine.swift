/// A row of `sales_order_item`.
package struct SalesLine: Hashable, Sendable {
    /// How the row stands to others: which of a composite's rows carries the money, and which is shipped.
    package enum Role: Hashable, Sendable {
        case single
        case configurable
        /// The variant beneath a configurable row: no money, shipped through its parent.
        case variant
        case bundle(Bundle)
        /// `each`: pieces in one bundle.
        case part(Bundle, each: Quantity)
    }

    package struct Bundle: Hashable, Sendable {
        package var shipsSeparately: Bool
        /// The price stands at the bundle; otherwise at its parts.
        package var hasFixedPrice: Bool

        package init(shipsSeparately: Bool = true, hasFixedPrice: Bool = false) {
            self.shipsSeparately = shipsSeparately
            self.hasFixedPrice = hasFixedPrice
        }
    }

    package var id = 0
    var quoteItemID = 0
    package var parentID: Int?
    package var role = Role.single
    package var productID: Int
    package var sku: String
    package var name: String
    package var kind: Product.Kind
    package var price: Money
    /// What the goods cost the shop, where it knows.
    var cost: Money?
    package var discountPercent = Money.zero
    package var discount = Money.zero
    package var taxPercent: Money?
    package var tax = Money.zero
    var weight: Money
    package var options: JSONValue?

    package var ordered: Quantity
    package var invoiced = Quantity.zero
    package var shipped = Quantity.zero
    package var refunded = Quantity.zero
    package var canceled = Quantity.zero
    var refundedAmount = Money.zero
    var refundedTax = Money.zero
    var refundedDiscount = Money.zero
    var invoicedTax = Money.zero
    var invoicedDiscount = Money.zero
    var updatedAt = ""

    package var isVirtual: Bool { kind == .virtual || kind == .downloadable }
    var row: Money { price.times(ordered) }

    /// Whether the row shows money of its own.
    var hasMoney: Bool {
        switch role {
        case .single, .configurable, .bundle: true
        case .variant: false
        case .part(let bundle, _): !bundle.hasFixedPrice
        }
    }

    /// Whether shipments name this row.
    package var isShippedByItself: Bool {
        switch role {
        case .single, .configurable: !isVirtual
        case .variant: false
        case .bundle(let bundle): !bundle.shipsSeparately
        case .part(let bundle, _): bundle.shipsSeparately && !isVirtual
        }
    }

    /// Whether invoices and credit memos name this row.
    package var isCharged: Bool {
        switch role {
        case .single, .configurable: true
        case .variant: false
        case .bundle(let bundle): bundle.hasFixedPrice
        case .part(let bundle, _): !bundle.hasFixedPrice
        }
    }

    package var openToShip: Quantity { isShippedByItself ? max(.zero, ordered - max(shipped, refunded) - canceled) : .zero }
    package var openToInvoice: Quantity { isCharged ? max(.zero, ordered - invoiced - canceled) : .zero }
    package var openToRefund: Quantity { isCharged ? max(.zero, invoiced - refunded) : .zero }
    var openToCancel: Quantity { max(.zero, ordered - max(shipped, invoiced) - canceled) }
}
