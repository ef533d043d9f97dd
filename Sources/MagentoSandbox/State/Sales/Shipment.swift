package struct Shipment: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package var id: Int
        package var orderItemID: Int
        package var productID: Int
        package var sku: String
        package var name: String
        package var price: Money
        var weight: Money
        package var quantity: Quantity
        /// The row that a bundle gets by itself where its parts leave apart is no piece of the shipment.
        var isPiece = true
    }

    package struct Track: Hashable, Sendable {
        package var id = 0
        package var number: String
        package var title: String
        package var carrier: String
        package var weight: String?
        package var quantity: String?
        package var description: String?
        var createdAt = ""
    }

    package var id: Int
    package var incrementID: String
    package var orderID: Int
    package var source: String
    package var lines: [Line]
    package var tracks: [Track]
    package var comments: [DocumentComment]
    /// An e-mail went to the customer.
    package var isNotified: Bool
    var createdAt: String
    var updatedAt: String

    package var quantity: Quantity { .sum(lines.filter(\.isPiece).map(\.quantity)) }
}

/// A remark at a shipment, an invoice or a credit memo.
package struct DocumentComment: Hashable, Sendable {
    package var id: Int
    package var text: String
    package var isCustomerNotified: Bool
    package var isVisibleOnFront: Bool
    var createdAt: String
}
