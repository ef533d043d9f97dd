/// An invoice or a credit memo: rows of the order with their share of its money.
package struct SalesInvoice: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package var id: Int
        package var orderItemID: Int
        package var productID: Int
        package var sku: String
        package var name: String
        package var price: Money
        package var quantity: Quantity
        package var row: Money
        package var discount: Money
        package var tax: Money
        package var isReturnedToStock = false
    }

    package var id: Int
    package var incrementID: String
    package var orderID: Int
    /// The invoice that a credit memo takes back, where it was made for one.
    package var invoiceID: Int?
    package var lines: [Line]
    package var shipping: Money
    package var shippingTax: Money
    /// What a credit memo gives or keeps besides.
    package var adjustmentPositive = Money.zero
    package var adjustmentNegative = Money.zero
    package var comments: [DocumentComment] = []
    package var isNotified = false
    var createdAt: String
    var updatedAt: String

    package var subtotal: Money { .sum(lines.map(\.row)) }
    package var discount: Money { .sum(lines.map(\.discount)) }
    package var tax: Money { .sum(lines.map(\.tax)) + shippingTax }
    package var adjustment: Money { adjustmentPositive - adjustmentNegative }
    package var grandTotal: Money { subtotal - discount + tax + shipping + adjustment }
    package var quantity: Quantity { .sum(lines.map(\.quantity)) }
}
