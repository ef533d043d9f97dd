package import Domain
package import Magento
import Synchronization

/// Products that stand at their sources, against what the shop sells of them.
package final class StockSaleWatch: SaleWatch {
    /// States in which orders hold goods.
    private static let open = ["new", "pending_payment", "payment_review", "processing", "holded"]
    /// Rows sent at once: few enough that hardly anything can be shipped between their reading and their sending.
    private static let portion = 50

    /// The index as a whole costs 20 µs a product, asking for one 10 ms.
    private static let dearness = 500

    private let client: MagentoClient
    private let sources: [String]
    private let timeline: Timeline
    private let shelves = Mutex<SoldShelves?>(nil)
    private let turns = Mutex(StrayTurns())

    package init(client: MagentoClient, sources: [String], timeline: Timeline = .system) {
        self.client = client
        self.sources = sources
        self.timeline = timeline
    }

    package func begin(keys: Int, of total: Int) async throws {
        guard keys > max(100, total / Self.dearness) else { return }
        let read = try await SoldShelves.read(client, sources: sources, ordered: try await ordered())
        shelves.withLock { $0 = read }
        let chance = random()
        turns.withLock { $0 = StrayTurns(keys: keys, chance: chance) }
    }

    /// What the index as a whole has on sale is in order; the rest is asked for one by one.
    package func look(at held: [RecordKey: EncodedValue]) async throws -> SaleSighting {
        guard let shelves = shelves.withLock({ $0 }) else { return try await ask(held) }
        var suspects: [RecordKey: EncodedValue] = [:]
        var inOrder: [RecordKey] = []
        var spelledAlike: [RecordKey] = []
        for (key, encoded) in held {
            guard let value = try? StockValue(encoded: encoded) else { continue }
            switch shelves.isInOrder(value, spelled: value.spelling ?? key) {
            case nil: continue
            case true?:
                inOrder.append(key)
                if value.spelling == nil { spelledAlike.append(key) }
            case false?: suspects[key] = encoded
            }
        }
        if turns.withLock({ $0.isDue(held.count) }) {
            for key in await strays(among: spelledAlike, shelves) { suspects[key] = held[key] }
        }
        guard !suspects.isEmpty else { return SaleSighting(stocked: inOrder.count) }
        var observation = try await ask(suspects)
        observation.stocked += inOrder.count { suspects[$0] == nil }
        return observation
    }

    /// Those of a few, chosen by chance, that cannot be bought after all.
    private func strays(among keys: [RecordKey], _ shelves: SoldShelves) async -> [RecordKey] {
        let first = Int(random())
        let sorted = keys.sorted()
        let picks = (0..<min(StrayTurns.portion, sorted.count)).map {
            sorted[(first + $0 * max(1, sorted.count / StrayTurns.portion)) % sorted.count]
        }
        let chosen = Dictionary(picks.map { ($0.text, $0) }) { first, _ in first }
        var denied: Set<String> = []
        for stock in shelves.salable.keys.sorted() {
            let sold = chosen.keys.filter { shelves.salable[stock]?.contains(KeyHash.of(Array($0.utf8)[...])) == true }
            // A product that was deleted since the index was read breaks the call; nothing is learned then.
            denied.formUnion((try? await client.salability.denied(sold.sorted(), stock: stock)) ?? [])
        }
        return denied.compactMap { chosen[$0] }
    }

    private func random() -> UInt16 { timeline.randomBytes(2).reduce(0) { $0 << 8 | UInt16($1) } }

    private func ask(_ held: [RecordKey: EncodedValue]) async throws -> SaleSighting {
        let wanted = held.filter { (try? StockValue(encoded: $0.value))?.isAvailable == true }.keys
        let known = try await client.catalogue.find(wanted.map(\.text)).map(\.sku)
        let shelves = try await shelves(known).filter(\.quantity.isPositive)
        var observation = SaleSighting(stocked: shelves.count)
        let denied = try await denied(shelves)
        guard !denied.isEmpty else { return observation }
        let ordered = try await ordered()
        let byKey = Dictionary(wanted.map { (Self.folded($0.text), $0) }) { first, _ in first }
        for shelf in shelves where denied.contains(shelf.sku) {
            if let quantity = ordered[Self.folded(shelf.sku)], quantity >= shelf.quantity {
                observation.spokenFor += 1
            } else if let key = byKey[Self.folded(shelf.sku)] {
                observation.denied.append(key)
            }
        }
        observation.denied.sort()
        return observation
    }

    /// What the shop sells below nothing is a backorder, and on sale although nothing lies there.
    package func oversold() async throws -> [RecordKey: ExactDecimal] {
        let ordered = try await ordered()
        let known = try await client.catalogue.find(ordered.keys.sorted().map(\.text)).map(\.sku)
        let short = try await shelves(known).filter { shelf in ordered[Self.folded(shelf.sku)].map { shelf.quantity < $0 } ?? false }
        let denied = try await denied(short)
        return short.reduce(into: [:]) { oversold, shelf in
            guard denied.contains(shelf.sku) else { return }
            oversold[RecordKey(shelf.sku)] = ordered[Self.folded(shelf.sku)]?.subtracting(shelf.quantity)
        }
    }

    package func strayReservations() async throws -> [RecordKey: ExactDecimal]? {
        try await StrayReservations(client: client) { try await self.ordered() }.find()
    }

    package func renew(_ keys: [RecordKey]) async throws {
        for start in stride(from: 0, to: keys.count, by: Self.portion) {
            let part = keys[start..<min(start + Self.portion, keys.count)]
            let items = try await client.sourceItems.find(part.map(\.text), sources: sources)
            guard !items.isEmpty else { continue }
            _ = try await client.sourceItems.save(items).payload()
        }
    }

    private func denied(_ shelves: [Shelf]) async throws -> Set<String> {
        var denied: Set<String> = []
        for (stock, rows) in Dictionary(grouping: shelves.flatMap { shelf in shelf.stocks.map { (stock: $0, sku: shelf.sku) } }, by: \.stock) {
            denied.formUnion(try await client.salability.denied(rows.map(\.sku).sorted(), stock: stock))
        }
        return denied
    }

    /// What lies at sources that some website sells from; it may be nothing.
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
        for item in try await client.sourceItems.find(skus, sources: sources) {
            let key = Self.folded(item.sku)
            guard let stocks = links[item.source]?.map(\.stockID), let sku = spelled[key] else { continue }
            var shelf = shelves[key] ?? Shelf(sku: sku, quantity: .zero, stocks: [])
            if item.isInStock { shelf.quantity = shelf.quantity.adding(item.quantity) ?? shelf.quantity }
            shelf.stocks.formUnion(stocks)
            shelves[key] = shelf
        }
        return Array(shelves.values)
    }

    /// What open orders hold of each product, whatever stock they were placed in.
    private func ordered() async throws -> [RecordKey: ExactDecimal] {
        let orders = try await ReservedOrders(client).sweep(.init(states: Self.open)).orders
        var ordered: [RecordKey: ExactDecimal] = [:]
        for row in orders.flatMap({ ReservedGoods($0).open }) {
            ordered[Self.folded(row.sku), default: .zero] = (ordered[Self.folded(row.sku)] ?? .zero).adding(row.quantity) ?? .zero
        }
        return ordered
    }

    private static func folded(_ sku: String) -> RecordKey { StockCircumstances.folded(sku) }
}
