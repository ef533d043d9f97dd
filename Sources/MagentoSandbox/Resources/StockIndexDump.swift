/// `inventory/dump-stock-index-data`: the whole stock index of a website in one answer (transcripts-2, dump-*).
///
/// Quantities are those of the sources, without what orders have reserved; composites have none of their own. A disabled product is listed
/// as any other. A product whose row the index has lost, or that was deleted, is simply not there.
struct StockIndexDump {
    let rows: JSONValue

    /// Throws 404 for a website that the shop does not have. One without a stock has no rows.
    init(_ state: ShopState, type: String, code: String) throws(ShopError) {
        let name = code.lowercased()
        guard type == "website", name == "admin" || state.websites.contains(where: { $0.code.lowercased() == name }) else {
            throw .noLinkedStock
        }
        guard let stock = state.stocks.first(where: { $0.websites.contains { $0.lowercased() == name } }) else {
            rows = []
            return
        }
        let enabled = Set(state.sources.filter(\.isEnabled).map(\.code))
        let sources = state.links.filter { $0.stockID == stock.id && enabled.contains($0.source) }.map(\.source)
        rows = .array(
            state.catalogue.products.compactMap { product in
                guard state.stockIndex.has(sku: product.sku, stockID: stock.id) else { return nil }
                let items = sources.compactMap { state.sourceItems.item(folded: product.folded, source: $0) }
                guard !items.isEmpty || product.isComposite else { return nil }
                let quantity = items.filter(\.isInStock).reduce(Quantity.zero) { $0 + $1.quantity }
                let isSalable = product.isComposite || quantity > .zero || state.stockIndex.allowsBackorders(of: product.sku)
                return [
                    "sku": .string(product.sku), "qty": .number((product.isComposite ? .zero : quantity).number),
                    "is_salable": .bool(isSalable),
                ]
            })
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
