/// The index by which Magento tells what can be bought. It can lose rows: a product then stands at its source and sells to nobody.
package struct StockIndex: Sendable {
    /// `cataloginventory/indexer/strategy`: with `async` a consumer of the queue makes the rows that a save has touched.
    package enum Strategy: String, Sendable { case sync, async }

    private struct Row: Hashable {
        var folded: String
        var stockID: Int
    }

    package var strategy = Strategy.sync
    private var backordered: Set<String> = []
    private var lost: Set<Row> = []
    /// Touched by a save, and not made yet.
    private var waiting: Set<Row> = []

    package init() {}

    package func has(sku: String, stockID: Int) -> Bool { !lost.contains(Row(folded: Collation.fold(sku), stockID: stockID)) }

    /// The product may be sold below nothing.
    package mutating func allowBackorders(of sku: String) { backordered.insert(Collation.fold(sku)) }

    func allowsBackorders(of sku: String) -> Bool { backordered.contains(Collation.fold(sku)) }

    package mutating func lose(sku: String, stockID: Int) { lost.insert(Row(folded: Collation.fold(sku), stockID: stockID)) }

    /// A source item of these stocks was saved, whatever it held before.
    mutating func touch(sku: String, stocks: [Int]) {
        let rows = stocks.map { Row(folded: Collation.fold(sku), stockID: $0) }
        switch strategy {
        case .sync: lost.subtract(rows)
        case .async: waiting.formUnion(rows)
        }
    }

    /// The queue's consumer makes what waits.
    package mutating func consume() {
        lost.subtract(waiting)
        waiting = []
    }

    /// `indexer:reindex inventory`
    package mutating func rebuild() { (lost, waiting) = ([], []) }
}
