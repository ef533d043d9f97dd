/// An MSI source: a warehouse.
package struct InventorySource: Hashable, Sendable {
    package var code: String
    package var name: String
    package var isEnabled: Bool
    package var country: String
    package var postcode: String
    /// The optional texts as they were posted: `city`, `street`, `contact_name`, `description`.
    package var details: [String: String]
    package var frontendName: String

    package init(
        code: String,
        name: String,
        isEnabled: Bool = true,
        country: String = "GB",
        postcode: String = "",
        details: [String: String] = [:],
        frontendName: String? = nil
    ) {
        self.code = code
        self.name = name
        self.isEnabled = isEnabled
        self.country = country
        self.postcode = postcode
        self.details = details
        self.frontendName = frontendName ?? name
    }
}

/// An MSI stock: what a website sells from.
package struct InventoryStock: Hashable, Sendable {
    package var id: Int
    package var name: String
    /// Codes of the websites it serves.
    package var websites: [String]

    package init(id: Int, name: String, websites: [String]) {
        self.id = id
        self.name = name
        self.websites = websites
    }
}

package struct StockSourceLink: Hashable, Sendable {
    package var stockID: Int
    package var source: String
    package var priority: Int

    package init(stockID: Int, source: String, priority: Int) {
        self.stockID = stockID
        self.source = source
        self.priority = priority
    }
}

/// A promise against a stock: -n when ordered, +n when shipped, cancelled or refunded.
package struct Reservation: Hashable, Sendable {
    package var stockID: Int
    package var sku: String
    package var quantity: Quantity

    package init(stockID: Int, sku: String, quantity: Quantity) {
        self.stockID = stockID
        self.sku = sku
        self.quantity = quantity
    }
}

/// The stock row from before MSI; its quantity follows the source `default`.
package struct LegacyStockItem: Hashable, Sendable {
    package var quantity: Quantity?
    package var isInStock: Bool
    package var managesStock: Bool
    /// Database stamp of the last save that found the product out of stock.
    var lowSince: String?

    package init(quantity: Quantity? = nil, isInStock: Bool = false, managesStock: Bool = true) {
        self.quantity = quantity
        self.isInStock = isInStock
        self.managesStock = managesStock
    }
}

extension ShopState {
    /// Stock that a shopper may still buy: quantities of the stock's sources that are in stock, plus reservations; never
    /// below zero, and none of what the index has lost. `nil` where the stock does not exist.
    package func salableQuantity(sku: String, stockID: Int) -> Quantity? {
        guard stocks.contains(where: { $0.id == stockID }) else { return nil }
        guard stockIndex.has(sku: sku, stockID: stockID) else { return .zero }
        let folded = Collation.fold(sku)
        var sum = Quantity.zero
        for link in links where link.stockID == stockID {
            guard sources.contains(where: { $0.code == link.source && $0.isEnabled }) else { continue }
            guard let item = sourceItems.item(folded: folded, source: link.source), item.isInStock else { continue }
            sum = sum + item.quantity
        }
        for reservation in reservations where reservation.stockID == stockID {
            if Collation.fold(reservation.sku) == folded { sum = sum + reservation.quantity }
        }
        return max(sum, .zero)
    }
}
