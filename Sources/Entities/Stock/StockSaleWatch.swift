package import Domain
package import Magento

/// Products that stand at their sources, against what the shop sells of them.
package struct StockSaleWatch: SaleWatch {
    /// States in which orders hold goods.
    private static let open = ["new", "pending_payment", "payment_review", "processing", "holded"]
    /// Rows sent at once: few enough that hardly anything can be shipped between their reading and their sending.
    private static let portion = 50

    private let client: MagentoClient
    private let sources: [String]

    package init(client: MagentoClient, sources: [String]) {
        self.client = client
        self.sources = sources
    }

    package func look(at held: [RecordKey: EncodedValue]) async throws -> SaleSighting {
        let wanted = held.filter { (try? StockValue(encoded: $0.value))?.isAvailable == true }.keys
        let known = try await client.catalogue.find(wanted.map(\.text)).map(\.sku)
        let shelves = try await shelves(known)
        var sighting = SaleSighting(stocked: shelves.count)
        var denied: Set<String> = []
        for (stock, shelves) in Dictionary(grouping: shelves.flatMap { shelf in shelf.stocks.map { ($0, shelf.sku) } }, by: \.0) {
            denied.formUnion(try await client.salability.denied(shelves.map(\.1).sorted(), stock: stock))
        }
        guard !denied.isEmpty else { return sighting }
        let ordered = try await ordered()
        let byKey = Dictionary(wanted.map { (Self.folded($0.text), $0) }) { first, _ in first }
        for shelf in shelves where denied.contains(shelf.sku) {
            if let quantity = ordered[Self.folded(shelf.sku)], quantity >= shelf.quantity {
                sighting.spokenFor += 1
            } else if let key = byKey[Self.folded(shelf.sku)] {
                sighting.denied.append(key)
            }
        }
        sighting.denied.sort()
        return sighting
    }

    package func renew(_ keys: [RecordKey]) async throws {
        for start in stride(from: 0, to: keys.count, by: Self.portion) {
            let part = keys[start..<min(start + Self.portion, keys.count)]
            let items = try await client.sourceItems.find(part.map(\.text), sources: sources)
            guard !items.isEmpty else { continue }
            _ = try await client.sourceItems.save(items).payload()
        }
    }

    /// What lies at sources that some website sells from.
    private struct Shelf {
        var sku: String
        var quantity: ExactDecimal
        var stocks: Set<Int>
    }

    private func shelves(_ skus: [String]) async throws -> [Shelf] {
        guard !skus.isEmpty else { return [] }
        let sold = Set(try await client.inventory.stocks().filter { !$0.websites.isEmpty }.map(\.id))
        let links = Dictionary(grouping: try await client.inventory.links().filter { sold.contains($0.stockID) }, by: \.source)
        let spelled = Dictionary(skus.map { (Self.folded($0), $0) }) { first, _ in first }
        var shelves: [RecordKey: Shelf] = [:]
        for item in try await client.sourceItems.find(skus, sources: sources) where item.isInStock && item.quantity.isPositive {
            let key = Self.folded(item.sku)
            guard let stocks = links[item.source]?.map(\.stockID), let sku = spelled[key] else { continue }
            var shelf = shelves[key] ?? Shelf(sku: sku, quantity: .zero, stocks: [])
            shelf.quantity = shelf.quantity.adding(item.quantity) ?? shelf.quantity
            shelf.stocks.formUnion(stocks)
            shelves[key] = shelf
        }
        return Array(shelves.values)
    }

    /// What open orders hold of each product, whatever stock they were placed in.
    private func ordered() async throws -> [RecordKey: ExactDecimal] {
        let orders = try await ReservedOrders(client).sweep(.init(states: Self.open)).orders
        var ordered: [RecordKey: ExactDecimal] = [:]
        for row in orders.flatMap({ ReservedGoods(order: $0).open }) {
            ordered[Self.folded(row.sku), default: .zero] = (ordered[Self.folded(row.sku)] ?? .zero).adding(row.quantity) ?? .zero
        }
        return ordered
    }

    private static func folded(_ sku: String) -> RecordKey { StockCircumstances.folded(sku) }
}
