/// Products: looking them up, and saving one. `POST products` and `PUT products/:sku` are the same service: both make the
/// product where there is none.
enum Products {
    private static let access = Route.Access.resource("Magento_Catalog::products")

    static let routes = [
        Route("GET", "products", access) { (state, call) throws(ShopError) in
            let catalogue = state.catalogue
            let shop = state
            let store = call.store
            return try SearchResult.json(
                search, over: { $0.map(catalogue.products(foldedSKUs:)) ?? catalogue.products }, call.query,
                limits: state.limits, row: { ProductBody.json($0, shop, store: store, .whole) })
        },
        Route("GET", "products/:sku", access) { (state, call) throws(ShopError) in
            guard let product = state.catalogue[call.variable("sku")] else { throw .unknownProduct }
            return ProductBody.json(product, state, store: call.store, .whole)
        },
        Route("POST", "products", access) { (state, call) throws(ShopError) in
            let draft = try ProductDraft(call.required("product"))
            guard let sku = draft.sku, !sku.isEmpty else { throw .required("sku") }
            return ProductBody.json(try save(draft, sku, &state, &call), state, store: call.store, .posted)
        },
        Route("PUT", "products/:sku", access) { (state, call) throws(ShopError) in
            let draft = try ProductDraft(call.required("product"))
            return ProductBody.json(try save(draft, call.variable("sku"), &state, &call), state, store: call.store, .whole)
        },
        Route("DELETE", "products/:sku", access) { (state, call) throws(ShopError) in
            guard let product = state.catalogue[call.variable("sku")] else { throw .unknownProduct }
            // Its rows of stock stay behind.
            state.catalogue.remove(product.sku)
            call.committed.append(JournalItem(key: "product:\(product.sku)", value: "deleted"))
            return true
        },
    ]

    private static let search = Search<Product>(
        fields: [
            "sku": .folded { $0.folded }, "name": .text { $0.name }, "type_id": .text { $0.kind.rawValue },
            "entity_id": .number { Quantity(Int64($0.id)) },
            "price": .number { Quantity(tenThousandths: $0.price.millionths / 100) },
            "status": .number { Quantity($0.isEnabled ? 1 : 2) },
            "created_at": .text { $0.createdAt }, "updated_at": .text { $0.updatedAt },
        ],
        unknownField: { .invalidAttribute($0) }
    )

    private static func save(
        _ given: ProductDraft, _ sku: String, _ state: inout ShopState, _ call: inout RouteCall
    ) throws(ShopError) -> Product {
        var draft = given
        draft.attributes.removeAll { state.productAttributesInNoSet.contains($0.code) }
        let known = state.catalogue[sku]
        if known == nil {
            guard draft.attributeSetID == 4 else { throw .invalidProduct("Invalid attribute set entity type") }
            let websites = call.store == 0 ? state.websites.filter { $0.id != 0 }.map(\.id) : state.websites(of: call.store)
            state.catalogue.add(
                sku: sku, name: draft.name ?? sku, kind: draft.kind ?? .simple, price: draft.price ?? .zero,
                websiteIDs: websites, at: call.now)
            state.catalogue.update(sku) { product in
                product.weight = nil
                product.hasPrice = draft.price != nil
            }
        } else if let known {
            state.willChange(.product, known)
        }
        guard let product = state.catalogue[sku] else { throw .unknownProduct }
        let store = call.store
        let stamp = ShopClock.stamp(call.now)
        state.catalogue.update(sku) { [draft] product in
            draft.apply(to: &product, store: known == nil ? 0 : store)
            product.updatedAt = stamp
        }
        if let price = draft.price, known != nil { state.setPrice(price, of: product, store: store) }
        state.saveStock(draft, of: product, isNew: known == nil, at: stamp)
        call.committed.append(JournalItem(key: "product:\(product.sku)@\(store)", value: draft.summary))
        return state.catalogue[sku] ?? product
    }
}

extension ShopState {
    fileprivate func websites(of store: Int) -> [Int] {
        storeViews.filter { $0.id == store }.map(\.websiteID)
    }

    fileprivate mutating func setPrice(_ price: Money, of product: Product, store: Int) {
        guard priceScope == .website, store != 0 else { return catalogue.update(product.sku) { $0.price = price } }
        for view in storesOfWebsite(of: store) { prices.base[.init(product: product.id, store: view)] = price }
    }

    /// The stock row of the product's body; a product that is out of stock notes when it was saved so.
    fileprivate mutating func saveStock(_ draft: ProductDraft, of product: Product, isNew: Bool, at stamp: String) {
        var item = legacyStock[product.id] ?? LegacyStockItem()
        if let stock = draft.stock {
            if let quantity = stock.quantity { item.quantity = quantity }
            if let isInStock = stock.isInStock { item.isInStock = isInStock }
            sourceItems.upsert(
                sku: product.sku, source: "default", quantity: item.quantity ?? .zero, isInStock: item.isInStock)
        } else if isNew {
            sourceItems.upsert(sku: product.sku, source: "default", quantity: .zero, isInStock: true)
        }
        item.lowSince = isNew || item.isInStock ? nil : stamp
        legacyStock[product.id] = item
    }
}
