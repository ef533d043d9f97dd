import Domain
import Magento
import Synchronization

/// What is known of a whole shop before its products are looked at one by one: which sources feed which stocks that something is sold from, what the
/// index says of each product there, and what open orders hold.
struct SoldShelves: Sendable {
    /// Stocks by source.
    var stocks: [String: Set<Int>]
    /// By stock, the hashes of the products that the index has on sale.
    var salable: [Int: Set<Int64>]
    var ordered: [RecordKey: ExactDecimal]

    /// `nil` where the index of one of the stocks cannot be had as a whole.
    static func read(_ client: MagentoClient, sources: [String], ordered: [RecordKey: ExactDecimal]) async throws -> SoldShelves? {
        let sold = try await client.inventory.stocks().filter { !$0.websites.isEmpty }
        var shelves = SoldShelves(stocks: [:], salable: [:], ordered: ordered)
        for link in try await client.inventory.links() where sources.contains(link.source) && sold.contains(where: { $0.id == link.stockID }) {
            shelves.stocks[link.source, default: []].insert(link.stockID)
        }
        let fed = Set(shelves.stocks.values.flatMap { $0 })
        for stock in sold where fed.contains(stock.id) {
            guard let website = stock.websites.first else { return nil }
            let salable = try await client.stockIndex.fold(website: website, into: Set<Int64>()) { salable, row in
                if row.isSalable { salable.insert(KeyHash.of(Array(row.sku.utf8)[...])) }
            }
            guard let salable else { return nil }
            shelves.salable[stock.id] = salable
        }
        return shelves
    }

    /// How the product stands as far as this tells; `nil` where nothing of it lies at a source that something is sold from.
    func isInOrder(_ value: StockValue, spelled sku: RecordKey) -> Bool? {
        var quantity = ExactDecimal.zero
        var places: Set<Int> = []
        for level in value.levels {
            guard let stocks = stocks[level.source] else { continue }
            places.formUnion(stocks)
            if level.isInStock { quantity = quantity.adding(level.quantity) ?? quantity }
        }
        guard quantity.isPositive, !places.isEmpty else { return nil }
        let hash = KeyHash.of(sku.bytes[...])
        guard places.allSatisfy({ salable[$0]?.contains(hash) == true }) else { return false }
        return (ordered[StockCircumstances.folded(sku.text)] ?? .zero) < quantity
    }
}
