/// Magento's validation of tier price lines: which are valid, and what is said of the others.
struct TierPriceCheck {
    /// What the lines must not collide with besides one another.
    enum Rivals { case stored, nothing }

    private(set) var valid: [(tier: PriceBook.Tier, product: Product)] = []
    private(set) var failures: [PriceFailure] = []

    /// Throws 404 for the whole call where a release from 2.4.7 on meets an unknown SKU.
    static func run(_ lines: [PriceLine], _ state: ShopState, against rivals: Rivals) throws(ShopError) -> TierPriceCheck {
        var check = TierPriceCheck()
        let bySKU = Dictionary(grouping: lines.indices) { Collation.fold(lines[$0].sku ?? "") }
        for (index, line) in lines.enumerated() {
            let same = (bySKU[Collation.fold(line.sku ?? "")] ?? []).filter { $0 != index }.map { lines[$0] }
            let wrong = try failures(of: line, others: same, state, rivals)
            check.failures += wrong
            guard wrong.isEmpty, let product = line.sku.flatMap({ state.catalogue[$0] }), let tier = state.tier(line) else {
                continue
            }
            check.valid.append((tier, product))
        }
        return check
    }

    /// In Magento's order of checking: SKU, price, type, quantity, website, uniqueness, group.
    private static func failures(
        of line: PriceLine, others: [PriceLine], _ state: ShopState, _ rivals: Rivals
    ) throws(ShopError) -> [PriceFailure] {
        var failures: [PriceFailure] = []
        let product = line.sku.flatMap { state.catalogue[$0] }
        if !(product?.takesFurtherPrices ?? false) { failures.append(.tier("Invalid attribute SKU = %SKU.", line)) }
        let most = line.priceType == "discount" ? Money(100) : nil
        let price = line.amount ?? Money(-1)
        if price < .zero || most.map({ price > $0 }) ?? false {
            failures.append(.tier("Invalid attribute Price = %price.", line, extra: line.amount?.number ?? ""))
        }
        let types = product?.kind == .bundle ? ["discount"] : ["fixed", "discount"]
        if !types.contains(line.priceType ?? "") {
            failures.append(.tier("Invalid attribute Price Type = %priceType.", line, extra: line.priceType ?? ""))
        }
        if product == nil, state.release != .v244 { throw .unknownProduct }
        if line.quantity ?? .zero <= .zero { failures.append(.tier("Invalid attribute Quantity = %qty.", line)) }
        if !state.takesWebsite(line.websiteID) { failures.append(.tier("Invalid attribute Website ID = %websiteId.", line)) }
        failures += others.filter { collides($0, line) }.map { .tier(duplicate, $0) }
        if rivals == .stored, let product { failures += state.collisions(of: line, with: product) }
        if state.audience(named: line.group) == nil {
            failures.append(.tier("No such entity with Customer Group = %customerGroup.", line))
        }
        return failures
    }

    fileprivate static let duplicate =
        "We found a duplicate website, tier price, customer group and quantity: Customer Group = %customerGroup, "
        + "Website ID = %websiteId, Quantity = %qty."

    private static func collides(_ left: PriceLine, _ right: PriceLine) -> Bool {
        Collation.fold(left.group ?? "") == Collation.fold(right.group ?? "") && left.quantity == right.quantity
            && (left.websiteID == right.websiteID || left.websiteID == 0 || right.websiteID == 0)
    }
}

extension ShopState {
    fileprivate func takesWebsite(_ id: Int?) -> Bool {
        if release == .v248, priceScope == .global { return id == 0 }
        return id == 0 || websites.contains { $0.id == id }
    }

    /// A row for all websites and one for a single website exclude each other; the stored one is reported.
    fileprivate func collisions(of line: PriceLine, with product: Product) -> [PriceFailure] {
        (prices.tiers[product.id] ?? []).filter { tier in
            tier.audience == audience(named: line.group) && tier.quantity == line.quantity
                && tier.website != line.websiteID && (tier.website == 0 || line.websiteID == 0)
        }
        .map { tier in
            .tier(
                TierPriceCheck.duplicate,
                row: [
                    .string(product.sku), .string(String(tier.website)), .string(name(of: tier.audience)),
                    .string(tier.quantity.column),
                ])
        }
    }

    func audience(named name: String?) -> PriceBook.Audience? {
        let folded = Collation.fold(name ?? "")
        if folded == Collation.fold(TierPrices.everyone) { return .everyone }
        return customerGroups.first { Collation.fold($0.code) == folded }.map { .group($0.id) }
    }

    fileprivate func tier(_ line: PriceLine) -> PriceBook.Tier? {
        guard let audience = audience(named: line.group), let quantity = line.quantity, let amount = line.amount,
            let website = line.websiteID
        else { return nil }
        return PriceBook.Tier(
            website: website, audience: audience, quantity: quantity,
            value: line.priceType == "discount" ? .discount(amount) : .fixed(amount))
    }
}
