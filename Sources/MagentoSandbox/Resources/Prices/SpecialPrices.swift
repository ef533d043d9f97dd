/// `products/special-price`: one window per product and store, which a second one replaces.
enum SpecialPrices {
    static let routes = [
        Route("POST", "products/special-price", BasePrices.access) { (state, call) throws(ShopError) in
            try change(&state, &call) { state, product, line, call in
                let place = PriceBook.Place(product: product.id, store: line.storeID ?? 0)
                // A date that is left out leaves the stored one as it was.
                let known = state.prices.special[place]
                let special = PriceBook.Special(
                    price: line.amount ?? .zero, from: line.from ?? known?.from, to: line.to ?? known?.to)
                state.prices.special[place] = special
                call.committed.append(
                    JournalItem(
                        key: "special:\(product.sku)@\(place.store)",
                        value: "\(special.price.number)/\(special.from ?? "")/\(special.to ?? "")"))
            }
        },
        Route("POST", "products/special-price-delete", BasePrices.access) { (state, call) throws(ShopError) in
            try change(&state, &call) { state, product, line, call in
                let place = PriceBook.Place(product: product.id, store: line.storeID ?? 0)
                let wanted = PriceBook.Special(price: line.amount ?? .zero, from: line.from, to: line.to)
                // What does not match in every part stays without a word.
                guard state.prices.special[place] == wanted else { return }
                state.prices.special[place] = nil
                call.committed.append(JournalItem(key: "special:\(product.sku)@\(place.store)", value: "deleted"))
            }
        },
        Route("POST", "products/special-price-information", BasePrices.access) { (state, call) throws(ShopError) in
            let products = try state.products(named: call.required("skus"))
            return .array(products.flatMap { json($0, state.prices) })
        },
    ]

    private static func change(
        _ state: inout ShopState, _ call: inout RouteCall,
        _ save: (inout ShopState, Product, PriceLine, inout RouteCall) -> Void
    ) throws(ShopError) -> JSONValue {
        let lines = try PriceLine.read(call.required("prices"), .special, limits: state.limits)
        var failures: [PriceFailure] = []
        for line in lines {
            let wrong = check(line, state)
            failures += wrong
            guard wrong.isEmpty, let product = line.sku.flatMap({ state.catalogue[$0] }) else { continue }
            state.willChange(.priceTable, product)
            save(&state, product, line, &call)
        }
        return .array(failures.map(\.json))
    }

    private static func check(_ line: PriceLine, _ state: ShopState) -> [PriceFailure] {
        var failures: [PriceFailure] = []
        if !(line.sku.flatMap { state.catalogue[$0] }?.takesFurtherPrices ?? false) {
            failures.append(.special("The product that was requested doesn't exist. Verify the product and try again.", line))
        }
        if state.priceScope == .global, line.storeID != 0 {
            failures.append(.special("Could not change non global Price when price scope is global.", line))
        }
        if !state.hasStore(line.storeID) { failures.append(.special("Requested store is not found.", line)) }
        if line.amount ?? Money(-1) < .zero {
            let price = line.amount?.number ?? ""
            failures.append(.special("Invalid attribute Price = \(price).", line, extra: price))
        }
        // Whichever date is wrong, Magento prints the second one.
        if !isDate(line.from) {
            failures.append(.special("Invalid attribute Price From = \(line.to ?? "").", line, extra: "Price From"))
        }
        if !isDate(line.to) {
            failures.append(.special("Invalid attribute Price To = \(line.to ?? "").", line, extra: "Price To"))
        }
        return failures
    }

    /// `2026-11-01 00:00:00` and nothing else.
    private static func isDate(_ text: String?) -> Bool {
        guard let text else { return true }
        let bytes = Array(text.utf8)
        guard bytes.count == 19 else { return false }
        return zip(bytes, "0000-00-00 00:00:00".utf8).allSatisfy { byte, form in
            form == UInt8(ascii: "0") ? byte >= form && byte <= UInt8(ascii: "9") : byte == form
        }
    }

    private static func json(_ product: Product, _ prices: PriceBook) -> [JSONValue] {
        prices.special.filter { $0.key.product == product.id }.sorted { $0.key.store < $1.key.store }.map { place, special in
            [
                "price": .number(special.price.number), "store_id": JSONValue(place.store), "sku": .string(product.sku),
                "price_from": PriceFailure.text(special.from), "price_to": PriceFailure.text(special.to),
            ]
        }
    }
}
