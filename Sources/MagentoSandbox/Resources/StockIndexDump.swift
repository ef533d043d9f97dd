/// What the stock index of a website says of every product (transcripts-2, dump-*): `inventory/dump-stock-index-data` in one answer,
/// `inventory/export-stock-salable-qty` in pages.
struct StockIndexDump {
    struct Row: Sendable {
        var sku: String
        var folded: String
        /// Of the sources, without what orders have reserved; composites have none of their own. A disabled product has what any other has.
        var quantity: Quantity
        var isSalable: Bool
        /// The index has lost the product's row.
        var isLost: Bool
    }

    private let stock: InventoryStock?
    private let rows: [Row]

    /// Throws 404 for a website that the shop does not have. One without a stock has no rows.
    init(_ state: ShopState, type: String, code: String) throws(ShopError) {
        let name = code.lowercased()
        guard type == "website", name == "admin" || state.websites.contains(where: { $0.code.lowercased() == name }) else {
            throw .noLinkedStock
        }
        stock = state.stocks.first { $0.websites.contains { $0.lowercased() == name } }
        guard let stock else {
            rows = []
            return
        }
        let enabled = Set(state.sources.filter(\.isEnabled).map(\.code))
        let sources = state.links.filter { $0.stockID == stock.id && enabled.contains($0.source) }.map(\.source)
        rows = state.catalogue.products.compactMap { product in
            let items = sources.compactMap { state.sourceItems.item(folded: product.folded, source: $0) }
            guard !items.isEmpty || product.isComposite else { return nil }
            let quantity = items.filter(\.isInStock).reduce(Quantity.zero) { $0 + $1.quantity }
            let isSalable = product.isComposite || quantity > .zero || state.stockIndex.allowsBackorders(of: product.sku)
            return Row(
                sku: product.sku, folded: product.folded, quantity: product.isComposite ? .zero : quantity, isSalable: isSalable,
                isLost: !state.stockIndex.has(sku: product.sku, stockID: stock.id))
        }
    }

    /// A product whose row the index has lost, or that was deleted, is simply not there.
    var whole: JSONValue { .array(rows.filter { !$0.isLost }.map { Self.json($0, $0.quantity) }) }

    /// A page that the criteria ask for, less what orders have reserved. What the index has lost sells nothing. The total is that of the
    /// page and not of the question: only a short or an empty page tells the end.
    func page(_ state: ShopState, _ query: QueryTree) throws(ShopError) -> JSONValue {
        let criteria = try SearchCriteria.parse(query, limits: state.limits)
        let (page, _) = try Self.search.run(criteria, over: rows)
        let items = page.map { row -> JSONValue in
            guard !row.isLost else { return Self.json(Row(sku: row.sku, folded: "", quantity: .zero, isSalable: false, isLost: true), .zero) }
            let reserved = state.reservations.filter { $0.stockID == stock?.id && Collation.fold($0.sku) == row.folded }.map(\.quantity)
            return Self.json(row, row.quantity + Quantity.sum(reserved))
        }
        return ["items": .array(items), "search_criteria": criteria.echo, "total_count": JSONValue(items.count)]
    }

    private static let search = Search<Row>(fields: ["sku": .folded { $0.folded }], unknownField: { .invalidAttribute($0) })

    private static func json(_ row: Row, _ quantity: Quantity) -> JSONValue {
        ["sku": .string(row.sku), "qty": .number(quantity.number), "is_salable": .bool(row.isSalable)]
    }
}

extension Product {
    /// Its stock is that of its parts.
    fileprivate var isComposite: Bool {
        switch kind {
        case .configurable, .bundle, .grouped: true
        case .simple, .virtual, .downloadable: false
        }
    }
}
