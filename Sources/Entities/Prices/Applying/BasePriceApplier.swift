package import Domain
package import Magento

/// Brings base prices into the shop.
package struct BasePriceApplier: PriceApplying {
    package static let kind = PriceKind.base
    package static let route = "products/base-prices"
    package let client: MagentoClient
    package let sizer: BatchSizer
    private let places: StorePlaces
    private let timeline: Timeline

    package init(client: MagentoClient, places: StorePlaces, timeline: Timeline, sizer: BatchSizer? = nil) {
        self.client = client
        self.places = places
        self.timeline = timeline
        self.sizer = sizer ?? client.pace.makeSizer()
    }

    package func read(_ skus: [String]) async throws -> [BasePrice] { try await client.basePrices.find(skus) }

    /// A website's price is that of its store views; where they differ it has none, so that it is written again.
    package func value(_ rows: [BasePrice]) -> PriceValue {
        var prices: [PricePlace: Set<ExactDecimal>] = [:]
        for row in rows {
            if let place = places.place(ofStore: row.store) { prices[place, default: []].insert(row.price) }
        }
        return PriceValue(
            prices.compactMap { place, prices in
                prices.count == 1 ? prices.first.map { PriceEntry(.init(place: place), .fixed($0)) } : nil
            })
    }

    package func apply(_ changes: [Change]) async -> [ChangeAnswer] {
        await PriceBatch.apply(changes, settler) { change throws(RejectReason) in
            var rows: [BasePrice] = []
            for entry in change.after.entries(differingFrom: change.before) {
                // The shop copies the price of one store view to all of its website.
                guard let store = places.stores(of: entry.slot.place).first else {
                    throw PriceChange.unknownPlace(entry.slot.place)
                }
                rows.append(BasePrice(sku: change.sku, store: store, price: entry.amount.number))
            }
            let wanted = change.after
            return PricePiece(index: change.index, sku: change.sku, rows: rows) { held in
                wanted.entries(differingFrom: value(held)).isEmpty
            }
        }
    }

    private var settler: BatchSettler<PriceBatchRoute<BasePrice>> {
        let route = PriceBatchRoute<BasePrice>(
            name: "base-prices", saveRows: { await client.basePrices.save($0) }, deleteRows: { _ in .done([]) },
            read: { try await client.basePrices.find($0) })
        return BatchSettler(route, sizer: sizer, flights: client.pace.control(Self.route), timeline: timeline)
    }
}
