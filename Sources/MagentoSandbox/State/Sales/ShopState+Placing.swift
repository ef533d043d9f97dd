extension ShopState {
    /// Places an order as the storefront does: numbers it, totals it, and reserves its goods.
    ///
    /// Throws where a product is unknown, where less than the quantity may be sold, or where a company's credit does not cover it.
    @discardableResult
    package mutating func place(_ draft: OrderDraft, now: Int64) throws(ShopError) -> SalesOrder {
        let stock = stockID(ofStore: draft.storeID)
        var lines: [SalesLine] = []
        for line in draft.lines { try append(line, of: draft, to: &lines, now: now) }
        try demandSalable(lines, stock: stock)
        let percent = draft.taxPercent ?? taxPercent(country: (draft.shipping ?? draft.billing).country)
        spread(percent: percent, over: &lines)

        let pieces = Quantity.sum(lines.filter { $0.parentID == nil }.map(\.ordered))
        let isVirtual = lines.allSatisfy { $0.isVirtual }
        let shippingAmount = isVirtual ? .zero : draft.shippingAmount ?? Money(5).times(pieces)
        let stamp = ShopClock.stamp(now)
        let id = SalesBook.next(&sales.counters.order)
        var billing = draft.billing
        var shipping = isVirtual ? nil : draft.shipping ?? draft.billing
        if shipping != nil { shipping?.id = SalesBook.next(&sales.counters.address) }
        billing.id = SalesBook.next(&sales.counters.address)
        var order = SalesOrder(
            id: id, incrementID: draft.incrementID ?? SalesBook.number(id), quoteID: SalesBook.next(&sales.counters.quote),
            storeID: draft.storeID, stockID: stock, buyer: draft.buyer, billing: billing, shipping: shipping,
            payment: draft.payment, shippingMethod: draft.shippingMethod, shippingDescription: draft.shippingDescription,
            shippingAmount: shippingAmount, shippingTax: shippingAmount.percent(draft.shippingTaxPercent ?? percent ?? .zero).inPence,
            currency: draft.currency ?? configuration.baseCurrency, lines: lines, createdAt: stamp)
        order.state = draft.state
        order.status = draft.status ?? status(of: draft.state)
        order.coupon = draft.coupon
        order.rate = draft.rate
        order.taxCode = percent == nil ? nil : taxCode
        order.shippingTaxPercent = draft.shippingTaxPercent
        order.extras = draft.extras
        order.relation = draft.relation
        order.visibleFrom = now + draft.visibleAfter
        try charge(order)
        sales.append(order)
        for line in order.lines where line.isShippedByItself {
            for leaf in order.leaves(of: line, line.ordered) { reserve(-leaf.quantity, product: leaf.productID, stock: stock) }
        }
        return order
    }

    /// Adds to the reservations of a stock, under the catalogue's present SKU.
    mutating func reserve(_ quantity: Quantity, product: Int, stock: Int) {
        guard let sku = catalogue.products.first(where: { $0.id == product })?.sku else { return }
        reservations.append(Reservation(stockID: stock, sku: sku, quantity: quantity))
    }

    /// The stock that a store's website sells from; the default stock where none names it.
    package func stockID(ofStore store: Int) -> Int {
        let website = storeViews.first { $0.id == store }?.websiteID
        let code = websites.first { $0.id == website }?.code
        return stocks.first { stock in code.map { stock.websites.contains($0) } ?? false }?.id ?? 1
    }

    private mutating func append(
        _ line: OrderDraft.Line, of draft: OrderDraft, to lines: inout [SalesLine], now: Int64
    ) throws(ShopError) {
        let product = try product(line.sku)
        switch line.form {
        case .single:
            var row = row(product, line.quantity, line.price ?? price(product, draft, now))
            row.discountPercent = line.discountPercent
            row.taxPercent = line.taxPercent
            row.options = line.options
            row.sku += line.skuSuffix
            lines.append(row)
        case .variant(let parentSKU):
            let parent = try self.product(parentSKU)
            var head = row(parent, line.quantity, line.price ?? price(product, draft, now))
            head.role = .configurable
            head.kind = .configurable
            head.sku = product.sku
            head.discountPercent = line.discountPercent
            head.options =
                line.options ?? ["extension_attributes": ["configurable_item_options": [["option_id": "93", "option_value": 4]]]]
            lines.append(head)
            var child = row(product, line.quantity, .zero)
            child.role = .variant
            child.parentID = head.id
            lines.append(child)
        case .bundle(let parts, let bundle):
            try append(bundle, parts, line, product, of: draft, to: &lines, now: now)
        }
    }

    private mutating func append(
        _ bundle: SalesLine.Bundle, _ parts: [OrderDraft.Line.Part], _ line: OrderDraft.Line, _ product: Product,
        of draft: OrderDraft, to lines: inout [SalesLine], now: Int64
    ) throws(ShopError) {
        // Whoever describes an order with a bundle describes the bundle.
        catalogue.update(line.sku) { product in
            product.shipsTogether = !bundle.shipsSeparately
            product.parts = parts.map { .init(sku: $0.sku, each: $0.each) }
        }
        var prices: [Money] = []
        for part in parts {
            let product = try self.product(part.sku)
            prices.append(part.price ?? price(product, draft, now))
        }
        let sum = Money.sum(zip(parts, prices).map { $1.times($0.each) })
        var head = row(product, line.quantity, line.price ?? (bundle.hasFixedPrice ? product.price : sum))
        head.role = .bundle(bundle)
        head.kind = .bundle
        head.discountPercent = bundle.hasFixedPrice ? line.discountPercent : .zero
        let options = parts.indices.map { index -> JSONValue in
            ["option_id": JSONValue(index + 2), "option_qty": .number(parts[index].each.number), "option_selections": [JSONValue(index + 1)]]
        }
        head.options = ["extension_attributes": ["bundle_options": .array(options)]]
        lines.append(head)
        for (part, price) in zip(parts, prices) {
            var child = row(try self.product(part.sku), part.each.times(line.quantity), bundle.hasFixedPrice ? .zero : price)
            child.role = .part(bundle, each: part.each)
            child.parentID = head.id
            child.discountPercent = bundle.hasFixedPrice ? .zero : line.discountPercent
            lines.append(child)
        }
    }

    private mutating func row(_ product: Product, _ quantity: Quantity, _ price: Money) -> SalesLine {
        var line = SalesLine(
            productID: product.id, sku: product.sku, name: product.name, kind: product.kind, price: price,
            weight: product.weight.flatMap { Money(numeric: $0) } ?? .zero, ordered: quantity)
        line.cost = prices.cost[.init(product: product.id, store: 0)]
        line.id = SalesBook.next(&sales.counters.line)
        line.quoteItemID = SalesBook.next(&sales.counters.quoteItem)
        return line
    }

    private func product(_ sku: String) throws(ShopError) -> Product {
        guard let product = catalogue[sku] else { throw .unknownProduct }
        return product
    }

    private func price(_ product: Product, _ draft: OrderDraft, _ now: Int64) -> Money {
        guard let view = storeViews.first(where: { $0.id == draft.storeID }) else { return product.price }
        return shown(product.sku, store: view, group: draft.buyer.groupID, now: now)?.final ?? product.price
    }

    /// Magento carries what rounding took or gave over to the next row.
    private func spread(percent: Money?, over lines: inout [SalesLine]) {
        var discountCarry = Money.zero
        var taxCarry = Money.zero
        for index in lines.indices where lines[index].isCharged {
            if lines[index].discountPercent > .zero {
                let exact = lines[index].row.percent(lines[index].discountPercent) + discountCarry
                lines[index].discount = exact.inPence
                discountCarry = exact - lines[index].discount
            }
            guard let percent = lines[index].taxPercent ?? percent else { continue }
            lines[index].taxPercent = percent
            let exact = (lines[index].row - lines[index].discount).percent(percent) + taxCarry
            lines[index].tax = exact.inPence
            taxCarry = exact - lines[index].tax
        }
        // The row of a bundle shows the sum of its parts.
        for index in lines.indices {
            guard case .bundle(let bundle) = lines[index].role, !bundle.hasFixedPrice else { continue }
            let parts = lines.filter { $0.parentID == lines[index].id }
            lines[index].tax = .sum(parts.map(\.tax))
            lines[index].discount = .sum(parts.map(\.discount))
        }
    }

    private func demandSalable(_ lines: [SalesLine], stock: Int) throws(ShopError) {
        var wanted: [Int: Quantity] = [:]
        for line in lines where [.simple, .grouped].contains(line.kind) {
            if case .configurable = line.role { continue }
            wanted[line.productID, default: .zero] += line.ordered
        }
        for (id, quantity) in wanted {
            guard let product = catalogue.products.first(where: { $0.id == id }), legacyStock[id]?.managesStock ?? true else { continue }
            if salableQuantity(sku: product.sku, stockID: stock) ?? .zero < quantity {
                throw ShopError(400, "Not all of your products are available in the requested quantity.")
            }
        }
    }
}
