/// `products/cost`: what the goods cost the shop.
enum Costs {
    static let routes = [
        Route("POST", "products/cost", BasePrices.access) { (state, call) throws(ShopError) in
            let lines = try PriceLine.read(call.required("prices"), .cost, limits: state.limits)
            var failures: [PriceFailure] = []
            for line in lines {
                let wrong = check(line, state)
                failures += wrong
                guard wrong.isEmpty, let product = line.sku.flatMap({ state.catalogue[$0] }), let cost = line.amount,
                    let store = line.storeID
                else { continue }
                state.prices.cost[.init(product: product.id, store: store)] = cost
                call.committed.append(JournalItem(key: "cost:\(product.sku)@\(store)", value: cost.number))
            }
            return .array(failures.map(\.json))
        },
        Route("POST", "products/cost-delete", BasePrices.access) { (state, call) throws(ShopError) in
            for product in try state.products(named: call.required("skus")) {
                for place in state.prices.cost.keys where place.product == product.id { state.prices.cost[place] = nil }
                call.committed.append(JournalItem(key: "cost:\(product.sku)", value: "deleted"))
            }
            return true
        },
        Route("POST", "products/cost-information", BasePrices.access) { (state, call) throws(ShopError) in
            return .array(try AskedSKUs(call).found(in: state.catalogue).flatMap { json($0.product, as: $0.spelling, state) })
        },
    ]

    private static func check(_ line: PriceLine, _ state: ShopState) -> [PriceFailure] {
        var failures: [PriceFailure] = []
        if !(line.sku.flatMap { state.catalogue[$0] }?.takesCost ?? false) {
            failures.append(.invalid("SKU", PriceFailure.text(line.sku)))
        }
        if line.amount ?? Money(-1) < .zero { failures.append(.cost(line)) }
        if !state.hasStore(line.storeID) { failures.append(.unknownStore(line)) }
        return failures
    }

    private static func json(_ product: Product, as sku: String, _ state: ShopState) -> [JSONValue] {
        state.perStore(state.prices.cost, of: product).map { store, cost in
            ["cost": .number(cost.number), "store_id": JSONValue(store), "sku": .string(sku)]
        }
    }
}
