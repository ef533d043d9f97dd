package import Domain
package import Magento

/// Brings special prices into the shop: one window per product and store view.
///
/// Magento's dates are days. Its end is the last day that still counts, whatever hour it names, so a window's last day is sent
/// at midnight; windows that start or end within a day are started and ended by the plan's own schedule.
package struct SpecialPriceApplier: PriceApplying {
    package static let kind = PriceKind.special
    package static let route = "products/special-price"
    package let client: MagentoClient
    package let sizer: BatchSizer
    private let places: StorePlaces
    private let zone: ShopZone
    private let timeline: Timeline

    package init(
        client: MagentoClient, places: StorePlaces, zone: ShopZone, timeline: Timeline, sizer: BatchSizer? = nil
    ) {
        self.client = client
        self.places = places
        self.zone = zone
        self.timeline = timeline
        self.sizer = sizer ?? client.pace.makeSizer()
    }

    package func read(_ skus: [String]) async throws -> [SpecialPrice] { try await client.specialPrices.find(skus) }

    /// Of a website whose store views differ nothing is told, so that it is written again.
    package func value(_ rows: [SpecialPrice]) -> PriceValue {
        var entries: [PricePlace: [Int: PriceEntry]] = [:]
        for row in rows {
            guard let place = places.place(ofStore: row.store) else { continue }
            entries[place, default: [:]][row.store] = PriceEntry(.init(place: place), .fixed(row.price), window: window(row))
        }
        return PriceValue(
            entries.compactMap { place, found in
                let isWhole = Set(found.keys) == Set(places.stores(of: place)) && Set(found.values).count == 1
                return isWhole ? found.values.first : nil
            })
    }

    package func apply(_ changes: [Change]) async -> [ChangeAnswer] {
        let held: [[UInt8]: [SpecialPrice]]
        do {
            held = Dictionary(grouping: try await read(changes.map(PriceChange.sku)), by: \.foldedSKU)
        } catch {
            return changes.map { _ in .deferred(SourceItemsApplier.diagnostic(error)) }
        }
        return await PriceBatch.apply(changes, settler) { change throws(RejectReason) in
            let present = held[RecordKey.folded(Array(change.sku.utf8)[...])] ?? []
            return try piece(change, present)
        }
    }

    /// Rows that go are deleted as they stand, and so are those whose dates would otherwise stay beside a new open end.
    private func piece(_ change: PriceChange, _ present: [SpecialPrice]) throws(RejectReason) -> PricePiece<SpecialPrice> {
        var wanted: [SpecialPrice] = []
        for entry in change.after.entries {
            let stores = places.stores(of: entry.slot.place)
            guard !stores.isEmpty else { throw PriceChange.unknownPlace(entry.slot.place) }
            wanted += stores.map { row(entry, change.sku, store: $0) }
        }
        let deletions = present.filter { row in
            guard let next = wanted.first(where: { $0.store == row.store }) else { return true }
            return (next.from == nil && row.from != nil) || (next.to == nil && row.to != nil)
        }
        let rows = wanted.filter { row in deletions.contains { $0.store == row.store } || !present.contains { same($0, row) } }
        let after = change.after
        return PricePiece(index: change.index, sku: change.sku, deletions: deletions, rows: rows) { held in
            value(held).entries == after.entries.map(shown)
        }
    }

    /// As it reads back: with the days that the shop's dates make of the window.
    private func shown(_ entry: PriceEntry) -> PriceEntry {
        var entry = entry
        entry.window = window(row(entry, "", store: 0))
        return entry
    }

    private func same(_ left: SpecialPrice, _ right: SpecialPrice) -> Bool {
        left.store == right.store && left.price == right.price && left.from == right.from && left.to == right.to
    }

    private func row(_ entry: PriceEntry, _ sku: String, store: Int) -> SpecialPrice {
        let last = entry.window.to.map { zone.day(of: UTCInstant(milliseconds: $0.milliseconds - 1)) }
        return SpecialPrice(
            sku: sku, store: store, price: entry.amount.number, from: entry.window.from.map(zone.stamp),
            to: last.map { "\($0) 00:00:00" })
    }

    private func window(_ row: SpecialPrice) -> Window {
        Window(
            from: row.from.flatMap(zone.instant),
            to: row.to.flatMap(zone.instant).map { zone.start(of: zone.next(zone.day(of: $0))) })
    }

    private var settler: BatchSettler<PriceBatchRoute<SpecialPrice>> {
        let route = PriceBatchRoute<SpecialPrice>(
            name: "special-price", saveRows: { await client.specialPrices.save($0) }, deleteRows: { await client.specialPrices.delete($0) },
            read: { try await client.specialPrices.find($0) })
        return BatchSettler(route, sizer: sizer, flights: client.pace.control(Self.route), timeline: timeline)
    }
}
