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
    /// Positions by SKU and, within one, by id; made when a search wants it, and again when rows have come or gone.
    private var sorted: [Int] = []
    /// How many rows each source has, by folded code.
    private var bySource: [String: Int] = [:]

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
            sorted = []
            bySource[key.source, default: 0] += 1
        }
    }

    /// Unknown pairs are ignored.
    package mutating func delete(_ pairs: [(sku: String, source: String)]) {
        let gone = Set(pairs.map { Key(folded: Collation.fold($0.sku), source: Collation.fold($0.source)) })
        rows.removeAll { gone.contains(Key(folded: $0.folded, source: $0.foldedSource)) }
        sorted = []
        bySource = rows.reduce(into: [:]) { $0[$1.foldedSource, default: 0] += 1 }
        index.removeAll(keepingCapacity: true)
        bySKU.removeAll(keepingCapacity: true)
        for (position, row) in rows.enumerated() {
            index[Key(folded: row.folded, source: row.foldedSource)] = position
            bySKU[row.folded, default: []].append(position)
        }
    }

    /// What a search by SKU wants: a page of the rows at some sources within a stretch of SKUs.
    struct Stretch {
        /// Folded; `nil`: all.
        var sources: Set<String>?
        var lower: (folded: String, isIncluded: Bool)?
        var upper: (folded: String, isIncluded: Bool)?
    }

    /// The rows from the `first` on, no more than `count`, by ascending SKU, and how many there are in all. Costs no more than the page where all sources
    /// are wanted.
    mutating func page(_ stretch: Stretch, first: Int, count: Int) -> (page: [Row], total: Int) {
        if sorted.count != rows.count { sorted = rows.indices.sorted { (rows[$0].folded, $0) < (rows[$1].folded, $1) } }
        let start = stretch.lower.map { lower in place { $0 < lower.folded || (!lower.isIncluded && $0 == lower.folded) } } ?? 0
        let end = stretch.upper.map { upper in place { $0 < upper.folded || (upper.isIncluded && $0 == upper.folded) } } ?? sorted.count
        guard start < end else { return ([], 0) }
        if let sources = stretch.sources, !sources.isSuperset(of: bySource.keys) {
            let wanted = sorted[start..<end].filter { sources.contains(rows[$0].foldedSource) }
            return (wanted.dropFirst(first).prefix(count).map { rows[$0] }, wanted.count)
        }
        return (sorted[start..<end].dropFirst(first).prefix(count).map { rows[$0] }, end - start)
    }

    /// How many of the sorted rows have SKUs for which it holds; it holds for none behind one for which it does not.
    private func place(_ holds: (String) -> Bool) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(rows[sorted[middle]].folded) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
