/// `products/base-prices`: lines that are wrong are left out and told of, the others are saved, and all with status 200.
enum BasePrices {
    static let access = Route.Access.resource("Magento_Catalog::catalog")

    static let routes = [
        Route("POST", "products/base-prices", access) { (state, call) throws(ShopError) in
            let lines = try PriceLine.read(call.required("prices"), .base, limits: state.limits)
            var failures: [PriceFailure] = []
            for line in lines {
                let wrong = check(line, state)
                failures += wrong
                guard wrong.isEmpty, let sku = line.sku, let price = line.amount, let store = line.storeID else { continue }
                save(price, sku: sku, store: store, &state, &call)
            }
            return .array(failures.map(\.json))
        },
        Route("POST", "products/base-prices-information", access) { (state, call) throws(ShopError) in
            let asked = try AskedSKUs(call)
            if state.exhaustsScan(asked.texts) { throw .internal(report: "6b0cc112aa0e2") }
            return .array(asked.found(in: state.catalogue).flatMap { json($0.product, as: $0.spelling, state) })
        },
    ]

    private static func check(_ line: PriceLine, _ state: ShopState) -> [PriceFailure] {
        var failures: [PriceFailure] = []
        if !(line.sku.flatMap { state.catalogue[$0] }?.takesBasePrice ?? false) {
            failures.append(.invalid("SKU", PriceFailure.text(line.sku)))
        }
        if line.amount ?? Money(-1) < .zero { failures.append(.invalid("Price", PriceFailure.text(line.amount?.number))) }
        if !state.hasStore(line.storeID) { failures.append(.unknownStore(line)) }
        return failures
    }

    /// Global prices are saved for store 0 whatever store was sent; a website's are copied to all of its store views.
    private static func save(_ price: Money, sku: String, store: Int, _ state: inout ShopState, _ call: inout RouteCall) {
        guard let product = state.catalogue[sku] else { return }
        state.willChange(.priceTable, product)
        let stores = state.priceScope == .global ? [0] : state.storesOfWebsite(of: store)
        for store in stores {
            if store == 0 {
                state.catalogue.update(sku) { $0.price = price }
            } else {
                state.prices.base[.init(product: product.id, store: store)] = price
            }
            call.committed.append(JournalItem(key: "price:\(product.sku)@\(store)", value: price.number))
        }
    }

    private static func json(_ product: Product, as sku: String, _ state: ShopState) -> [JSONValue] {
        guard product.takesBasePrice else { return [] }
        let own = state.perStore(state.prices.base, of: product)
        return ((product.hasPrice ? [(0, product.price)] : []) + own).map { store, price in
            ["price": .number(price.number), "store_id": JSONValue(store), "sku": .string(sku)]
        }
    }
}

extension Product {
    var takesBasePrice: Bool {
        switch kind {
        case .simple, .virtual, .downloadable: true
        case .bundle: !hasDynamicPrice
        case .configurable, .grouped: false
        }
    }

    /// Special and tier prices; a dynamic bundle takes them in per cent.
    var takesFurtherPrices: Bool {
        switch kind {
        case .simple, .virtual, .downloadable, .bundle: true
        case .configurable, .grouped: false
        }
    }

    var takesCost: Bool {
        switch kind {
        case .simple, .virtual, .downloadable: true
        case .configurable, .bundle, .grouped: false
        }
    }
}

extension ShopState {
    /// The products of a body's `skus`, by id; unknown ones are left out.
    func products(named skus: JSONValue) -> [Product] {
        catalogue.products(foldedSKUs: Set((skus.elements ?? []).compactMap(\.text).map(Collation.fold)))
    }

    /// What a price table has for the product, in the order of the stores.
    func perStore(_ table: [PriceBook.Place: Money], of product: Product) -> [(Int, Money)] {
        guard !table.isEmpty else { return [] }
        return Set(storeViews.map(\.id) + [0]).sorted().compactMap { store in
            table[.init(product: product.id, store: store)].map { (store, $0) }
        }
    }

    func hasStore(_ id: Int?) -> Bool { id == 0 || storeViews.contains { $0.id == id } }

    /// The store itself for the default, else all store views of its website.
    func storesOfWebsite(of store: Int) -> [Int] {
        guard store != 0, let website = storeViews.first(where: { $0.id == store })?.websiteID else { return [store] }
        return storeViews.filter { $0.websiteID == website }.map(\.id)
    }
}
