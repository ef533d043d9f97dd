/// The rows of `inventory_source_item`: one per SKU (as the collation compares) and source, in the order of their ids.
package struct SourceItemTable: Sendable {
    package struct Row: Hashable, Sendable {
        package var id: Int
        /// The spelling of the first write; later writes in another letter case keep it.
        package var sku: String
        package var folded: String
        package var source: String
        package var foldedSource: String
        package var quantity: Quantity
        package var isInStock: Bool
    }

    private struct Key: Hashable {
        var folded: String
        var source: String
    }

    package private(set) var rows: [Row] = []
    private var index: [Key: Int] = [:]
    private var bySKU: [String: [Int]] = [:]
    private var nextID = 1

    package init() {}

    package func item(sku: String, source: String) -> Row? { item(folded: Collation.fold(sku), source: source) }

    func item(folded: String, source: String) -> Row? {
        index[Key(folded: folded, source: Collation.fold(source))].map { rows[$0] }
    }

    /// The rows of these folded SKUs, in the order of their ids.
    func rows(foldedSKUs: Set<String>) -> [Row] {
        foldedSKUs.flatMap { bySKU[$0] ?? [] }.sorted().map { rows[$0] }
    }

    /// `INSERT .. ON DUPLICATE KEY UPDATE`. A SKU is cut at 64 characters without a word, as the column does.
    package mutating func upsert(sku: String, source: String, quantity: Quantity, isInStock: Bool) {
        let sku = String(sku.prefix(64))
        let folded = Collation.fold(sku)
        let key = Key(folded: folded, source: Collation.fold(source))
        if let position = index[key] {
            rows[position].quantity = quantity
            rows[position].isInStock = isInStock
        } else {
            index[key] = rows.count
            bySKU[folded, default: []].append(rows.count)
            rows.append(
                Row(
                    id: nextID, sku: sku, folded: folded, source: source, foldedSource: key.source, quantity: quantity,
                    isInStock: isInStock)
            )
            nextID += 1
        }
    }

    /// Unknown pairs are ignored.
    package mutating func delete(_ pairs: [(sku: String, source: String)]) {
        let gone = Set(pairs.map { Key(folded: Collation.fold($0.sku), source: Collation.fold($0.source)) })
        rows.removeAll { gone.contains(Key(folded: $0.folded, source: $0.foldedSource)) }
        index.removeAll(keepingCapacity: true)
        bySKU.removeAll(keepingCapacity: true)
        for (position, row) in rows.enumerated() {
            index[Key(folded: row.folded, source: row.foldedSource)] = position
            bySKU[row.folded, default: []].append(position)
        }
    }
}
