package import Domain
package import Magento

/// Reads what the shop shows of a plan's products now, and holds the plan against it.
package struct LeakInspector: PlanInspector {
    private let kind: PriceKind
    private let client: MagentoClient
    private let places: StorePlaces
    private let policy: LeakPolicy

    package init(
        _ kind: PriceKind, client: MagentoClient, places: StorePlaces, policy: LeakPolicy
    ) {
        self.kind = kind
        self.client = client
        self.places = places
        self.policy = policy
    }

    package func findings(_ changes: [Change], known: Int) async throws -> [GateFinding] {
        var sheet = PricePlanSheet(kind: kind, known: known)
        for change in changes { sheet.add(change) }
        guard !sheet.rows.isEmpty || !sheet.losses.isEmpty else { return [] }
        return LeakCheck(sheet, shop: try await shop(sheet.skus.sorted()), policy: policy).findings
    }

    private func shop(_ keys: [RecordKey]) async throws -> ShopPrices {
        var shop = ShopPrices(websites: try await client.stores.websites())
        let skus = keys.map(\.text)
        let spelled = Dictionary(keys.map { (RecordKey.folded($0.bytes[...]), $0) }, uniquingKeysWith: { first, _ in first })
        let bases = Dictionary(grouping: try await client.basePrices.find(skus), by: \.foldedSKU)
        for (sku, rows) in bases {
            guard let key = spelled[sku] else { continue }
            for row in rows { if let place = places.place(ofStore: row.store) { shop.publicPrices[key, default: [:]][place] = row.price } }
        }
        for row in try await client.tierPrices.find(skus) where row.quantity == 1 {
            guard let key = spelled[row.foldedSKU], case .fixed(let price) = row.value,
                row.group.lowercased() != TierPrice.allGroups.lowercased(), row.group.lowercased() != "not logged in"
            else { continue }
            shop.groupPrices[key, default: [:]][row.group] = price
        }
        for row in try await client.costs.find(skus) where row.store == 0 {
            if let key = spelled[row.foldedSKU] { shop.costs[key] = row.cost }
        }
        return shop
    }
}
