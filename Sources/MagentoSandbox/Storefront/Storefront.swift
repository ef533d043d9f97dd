/// What shoppers see: a price index that may lag behind the prices, and a page cache that may lag behind the index.
package struct Storefront: Sendable {
    package enum Indexing: String, Sendable, CaseIterable {
        /// Every change is seen at once.
        case immediate
        /// "Update by Schedule": seen after the next `reindexPrices`, which cron runs.
        case onSchedule = "on-schedule"
        /// "Update on Save": tier prices and saved products are indexed at once, but base and special prices written through
        /// the price routes are not seen before a `reindexPrices` by hand.
        case onSave = "on-save"
    }

    package enum PageCaching: String, Sendable, CaseIterable {
        case off
        /// A product's pages go when its index entry changes.
        case purged
        /// Pages stay until `flushPages`.
        case kept
    }

    /// What was written, as far as it matters to the index.
    enum Change: Sendable { case priceTable, tiers, product }

    /// A product as the index has it.
    struct Entry: Sendable {
        var product: Product
        var base: [Int: Money]
        var special: [Int: PriceBook.Special]
        var tiers: [PriceBook.Tier]
    }

    struct PageKey: Hashable, Sendable {
        var target: String
        var store: Int
        var group: Int
    }

    package var indexing = Indexing.immediate
    package var pageCaching = PageCaching.off
    /// Catalogue > Inventory > Display Out of Stock Products.
    package var showsOutOfStock = true
    /// Whose tier prices a faulty module shows to everybody.
    package var leaks: Set<PriceBook.Audience> = []
    /// The former state of products whose present prices are not indexed yet.
    private var former: [Int: Entry] = [:]
    private var pages: [PageKey: (product: Int, answer: ShopAnswer)] = [:]

    package init() {}

    mutating func willChange(_ change: Change, _ present: Entry) {
        let product = present.product.id
        let isIndexedAtOnce = indexing == .immediate || (indexing == .onSave && change != .priceTable)
        if isIndexedAtOnce {
            former[product] = nil
            purge(product)
        } else if former[product] == nil {
            former[product] = present
        }
    }

    mutating func reindex() {
        for product in former.keys { purge(product) }
        former.removeAll()
    }

    func indexed(_ present: Entry) -> Entry { former[present.product.id] ?? present }

    func page(_ key: PageKey) -> ShopAnswer? { pageCaching == .off ? nil : pages[key]?.answer }

    mutating func keep(_ answer: ShopAnswer, of product: Int, at key: PageKey) {
        if pageCaching != .off { pages[key] = (product, answer) }
    }

    mutating func removePages() { pages.removeAll() }

    private mutating func purge(_ product: Int) {
        if pageCaching == .purged { pages = pages.filter { $0.value.product != product } }
    }
}

extension ShopState {
    /// Brings the price index up to date, as cron or `indexer:reindex` does.
    package mutating func reindexPrices() { storefront.reindex() }

    /// `cache:flush`
    package mutating func flushPages() { storefront.removePages() }

    /// To be said before a product's prices change.
    mutating func willChange(_ change: Storefront.Change, _ product: Product) {
        storefront.willChange(change, entry(product))
    }

    func entry(_ product: Product) -> Storefront.Entry {
        func own<Value>(_ table: [PriceBook.Place: Value]) -> [Int: Value] {
            var values: [Int: Value] = [:]
            for store in [0] + storeViews.map(\.id) { values[store] = table[.init(product: product.id, store: store)] }
            return values
        }
        return Storefront.Entry(
            product: product, base: own(prices.base), special: own(prices.special), tiers: prices.tiers[product.id] ?? [])
    }
}
