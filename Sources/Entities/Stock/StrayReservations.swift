import Domain
import Magento

/// Reservations that belong to no open order: the shop holds goods back for nobody, or sells what orders hold.
///
/// No route lists reservations. What the shop would sell of a product is what its index says of the sources, less what is reserved; what open orders hold is
/// known; the rest is stray. Over all stocks together, so that it does not count in which of them an order was placed.
struct StrayReservations {
    let client: MagentoClient
    /// What open orders hold of each product.
    let ordered: () async throws -> [RecordKey: ExactDecimal]

    /// What is held back for nobody, by product; below nothing where less is held back than orders hold. `nil` where the shop tells its index or its
    /// quantities for sale of none of its stocks.
    ///
    /// The looks take a while and orders come in meanwhile: what seems to be stray is looked at again, and counts where it is stray by as much.
    func find() async throws -> [RecordKey: ExactDecimal]? {
        let websites = try await client.inventory.stocks().compactMap(\.websites.first)
        guard !websites.isEmpty, var first = try await books(websites, among: nil) else { return nil }
        first.close(besides: try await ordered())
        let (common, seen) = first.strays
        guard !seen.isEmpty, var second = try await books(websites, among: seen.keys.sorted()) else { return seen }
        second.close(besides: try await ordered())
        return seen.filter { second.stray($0.key, common) == $0.value }
    }

    /// Products of all stocks, or of these only; `nil` where the shop does not tell.
    private func books(_ websites: [String], among suspects: [RecordKey]?) async throws -> Books? {
        var books = Books()
        for website in websites {
            let sum = try await client.stockIndex.fold(website: website, into: books) { books, row in
                if let quantity = row.quantity { books.add(row.sku, quantity) }
            }
            guard let sum else { return nil }
            books = sum
        }
        for website in websites {
            do {
                if let suspects {
                    books.subtract(try await client.salableQuantities.find(suspects.map(\.text), website: website))
                } else {
                    try await client.salableQuantities.all(website: website) { books.subtract($0) }
                }
            } catch let diagnostic as Diagnostic where ["SHOP-NO-ROUTE", "SHOP-NOT-FOUND", "SHOP-PERMISSION"].contains(diagnostic.code) {
                return nil
            }
        }
        return books
    }
}

/// Quantities of the index less quantities for sale, by product: what is reserved of it.
private struct Books: Sendable {
    private struct Entry: Sendable {
        var reserved: ExactDecimal
        /// In how many stocks the index has it, less those whose quantity for sale was told.
        var open: Int
    }

    private var entries: [RecordKey: Entry] = [:]

    mutating func add(_ sku: String, _ quantity: ExactDecimal) {
        var entry = entries[RecordKey(sku)] ?? Entry(reserved: .zero, open: 0)
        entry.reserved = entry.reserved.adding(quantity) ?? entry.reserved
        entry.open += 1
        entries[RecordKey(sku)] = entry
    }

    /// What the index does not have is not reckoned with: it sells nothing, whatever is reserved.
    mutating func subtract(_ rows: [SalableQuantities.Row]) {
        for row in rows {
            guard var entry = entries[RecordKey(row.sku)] else { continue }
            entry.reserved = entry.reserved.subtracting(row.quantity) ?? entry.reserved
            entry.open -= 1
            entries[RecordKey(row.sku)] = entry
        }
    }

    /// Takes off what open orders hold, and leaves out what not every stock told of.
    mutating func close(besides held: [RecordKey: ExactDecimal]) {
        entries = entries.filter { $0.value.open == 0 }
        for sku in entries.keys {
            guard let ordered = held[StockCircumstances.folded(sku.text)], let entry = entries[sku] else { continue }
            entries[sku]?.reserved = entry.reserved.subtracting(ordered) ?? entry.reserved
        }
    }

    /// A difference that more than half of the products have in common is no reservation: from that quantity on the shop is set to say "out of stock".
    var strays: (common: ExactDecimal, strays: [RecordKey: ExactDecimal]) {
        var counts: [ExactDecimal: Int] = [:]
        for entry in entries.values { counts[entry.reserved, default: 0] += 1 }
        let most = counts.max { $0.value < $1.value }
        let common = most.flatMap { $0.value * 2 > entries.count && entries.count > 10 ? $0.key : nil } ?? .zero
        return (common, entries.keys.reduce(into: [:]) { strays, sku in strays[sku] = stray(sku, common) })
    }

    /// `nil`: none.
    func stray(_ sku: RecordKey, _ common: ExactDecimal) -> ExactDecimal? {
        guard let stray = entries[sku]?.reserved.subtracting(common), !stray.isZero else { return nil }
        return stray
    }
}
