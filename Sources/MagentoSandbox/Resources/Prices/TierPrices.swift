/// `products/tier-prices`: prices by customer group and quantity. A group is addressed by its name.
enum TierPrices {
    static let everyone = "all groups"

    static let routes = [
        Route("POST", "products/tier-prices", BasePrices.access) { (state, call) throws(ShopError) in
            let lines = try PriceLine.read(call.required("prices"), .tier, limits: state.limits)
            let checked = try TierPriceCheck.run(lines, state, against: .stored)
            for (tier, product) in checked.valid { save(tier, product, &state, &call) }
            return .array(checked.failures.map(\.json))
        },
        // Replaces all tiers of each product that has a valid line in the call.
        Route("PUT", "products/tier-prices", BasePrices.access) { (state, call) throws(ShopError) in
            let lines = try PriceLine.read(call.required("prices"), .tier, limits: state.limits)
            let checked = try TierPriceCheck.run(lines, state, against: .nothing)
            for (_, product) in checked.valid {
                state.willChange(.tiers, product)
                state.prices.removeTiers(of: product.id) { _ in true }
            }
            for (tier, product) in checked.valid { save(tier, product, &state, &call) }
            return .array(checked.failures.map(\.json))
        },
        // A line takes away the first row of its group, quantity and price, whatever its website. What is not there is no
        // failure, and a fixed price of 0 is never found.
        Route("POST", "products/tier-prices-delete", BasePrices.access) { (state, call) throws(ShopError) in
            let lines = try PriceLine.read(call.required("prices"), .tier, limits: state.limits)
            let checked = try TierPriceCheck.run(lines, state, against: .nothing)
            for (tier, product) in checked.valid {
                let found = (state.prices.tiers[product.id] ?? []).first {
                    $0.audience == tier.audience && $0.quantity == tier.quantity && $0.value == tier.value
                        && $0.value != .fixed(.zero)
                }
                guard let found else { continue }
                state.willChange(.tiers, product)
                state.prices.removeTiers(of: product.id) { $0 == found }
                call.committed.append(JournalItem(key: state.tierKey(found, product), value: "deleted"))
            }
            return .array(checked.failures.map(\.json))
        },
        Route("POST", "products/tier-prices-information", BasePrices.access) { (state, call) throws(ShopError) in
            let products = try state.products(named: call.required("skus"))
            return .array(products.flatMap { product in (state.prices.tiers[product.id] ?? []).map { state.json($0, product) } })
        },
    ]

    private static func save(
        _ tier: PriceBook.Tier, _ product: Product, _ state: inout ShopState, _ call: inout RouteCall
    ) {
        state.willChange(.tiers, product)
        state.prices.upsert(tier, of: product.id)
        let kind = if case .discount = tier.value { "%" } else { "" }
        call.committed.append(JournalItem(key: state.tierKey(tier, product), value: tier.value.amount.number + kind))
    }
}

extension ShopState {
    func name(of audience: PriceBook.Audience) -> String {
        switch audience {
        case .everyone: TierPrices.everyone
        case .group(let id): customerGroups.first { $0.id == id }?.code ?? ""
        }
    }

    fileprivate func tierKey(_ tier: PriceBook.Tier, _ product: Product) -> String {
        "tier:\(product.sku)/\(name(of: tier.audience))/\(tier.quantity.number)@\(tier.website)"
    }

    fileprivate func json(_ tier: PriceBook.Tier, _ product: Product) -> JSONValue {
        let kind = if case .discount = tier.value { "discount" } else { "fixed" }
        return [
            "price": .number(tier.value.amount.number), "price_type": .string(kind), "website_id": JSONValue(tier.website),
            "sku": .string(product.sku), "customer_group": .string(name(of: tier.audience)),
            "quantity": .number(tier.quantity.number),
        ]
    }
}
