/// A row of an order as the API shows it.
enum OrderItemBody {
    enum Form { case inOrder, listed, saved }

    static func json(_ line: SalesLine, of order: SalesOrder, release: MagentoRelease, _ form: Form) -> JSONValue {
        var members = columns(line, of: order, release: release)
        if form != .saved {
            members.add("product_option", line.options)
            if let parent = order.lines.first(where: { $0.id == line.parentID }) {
                members.add("parent_item", json(parent, of: order, release: release, form == .inOrder ? .inOrder : .listed))
            }
        }
        if form == .inOrder { members.add("extension_attributes", ["itemized_taxes": taxes(line, of: order)]) }
        if !line.hasMoney {
            members.add("row_total_incl_tax", 0)
            members.add("base_row_total_incl_tax", 0)
        }
        return members.object
    }

    /// In Magento's order. A variant and a part of a bundle with a price of its own have no money, a bundle that is priced by its parts no
    /// tax rate.
    private static func columns(_ line: SalesLine, of order: SalesOrder, release: MagentoRelease) -> JSONMembers {
        let isMoneyed = line.hasMoney
        let isTaxed = isMoneyed && line.isCharged
        let isInvoiced = line.invoiced > .zero
        let isCanceled = order.canceledSums != nil
        let isRefunded = line.refunded > .zero
        let zero: Money? = .zero
        let total = shownTotal(line, release)
        let withTax = total + line.tax
        let shop = { (money: Money) in Money(millionths: money.millionths) }
        var m = JSONMembers()
        m.add("amount_refunded", line.refundedAmount)
        m.add("applied_rule_ids", line.discountPercent > .zero ? "1" : nil)
        m.add("base_amount_refunded", line.refundedAmount)
        m.add("base_cost", line.cost)
        m.add("base_discount_amount", line.discount)
        m.add("base_discount_invoiced", line.invoicedDiscount)
        if isRefunded { m.add("base_discount_refunded", line.refundedDiscount) }
        if isTaxed { m.add("base_discount_tax_compensation_amount", zero) }
        if isInvoiced { m.add("base_discount_tax_compensation_invoiced", zero) }
        if isRefunded { m.add("base_discount_tax_compensation_refunded", zero) }
        if isMoneyed { m.add("base_original_price", line.price) }
        m.add("base_price", line.price)
        if isMoneyed { m.add("base_price_incl_tax", priceWithTax(line, of: order)) }
        m.add("base_row_invoiced", line.price.times(line.invoiced))
        m.add("base_row_total", total)
        if isMoneyed { m.add("base_row_total_incl_tax", withTax) }
        m.add("base_tax_amount", line.tax)
        m.add("base_tax_invoiced", line.invoicedTax)
        if isRefunded { m.add("base_tax_refunded", line.refundedTax) }
        m.add("created_at", order.createdAt)
        m.add("discount_amount", line.discount)
        m.add("discount_invoiced", line.invoicedDiscount)
        m.add("discount_percent", isTaxed ? line.discountPercent : zero)
        if isRefunded { m.add("discount_refunded", line.refundedDiscount) }
        m.add("free_shipping", 0)
        if isTaxed { m.add("discount_tax_compensation_amount", zero) }
        if isCanceled { m.add("discount_tax_compensation_canceled", zero) }
        if isInvoiced { m.add("discount_tax_compensation_invoiced", zero) }
        if isRefunded { m.add("discount_tax_compensation_refunded", zero) }
        m.add("is_qty_decimal", 0)
        m.add("is_virtual", line.isVirtual ? 1 : 0)
        m.add("item_id", line.id)
        m.add("name", line.name)
        m.add("no_discount", 0)
        m.add("order_id", order.id)
        m.add("original_price", line.price)
        m.add("parent_item_id", line.parentID)
        m.add("price", shop(line.price))
        if isMoneyed { m.add("price_incl_tax", priceWithTax(line, of: order)) }
        m.add("product_id", line.productID)
        m.add("product_type", line.kind.rawValue)
        m.add("qty_canceled", line.canceled)
        m.add("qty_invoiced", line.invoiced)
        m.add("qty_ordered", line.ordered)
        m.add("qty_refunded", line.refunded)
        m.add("qty_shipped", line.shipped)
        m.add("quote_item_id", line.quoteItemID)
        m.add("row_invoiced", line.price.times(line.invoiced))
        m.add("row_total", total)
        if isMoneyed { m.add("row_total_incl_tax", withTax) }
        m.add("row_weight", line.parentID == nil ? line.weight.times(line.ordered) : .zero)
        m.add("sku", line.sku)
        m.add("store_id", order.storeID)
        m.add("tax_amount", line.tax)
        if isCanceled { m.add("tax_canceled", line.tax.share(line.canceled, of: line.ordered)) }
        m.add("tax_invoiced", line.invoicedTax)
        if isTaxed || !isMoneyed { m.add("tax_percent", line.taxPercent ?? .zero) }
        if isRefunded { m.add("tax_refunded", line.refundedTax) }
        m.add("updated_at", line.updatedAt.isEmpty ? order.createdAt : line.updatedAt)
        if order.invoicedSums != nil { m.add("weee_tax_applied", "[]") }
        m.add("weight", line.weight)
        return m
    }

    /// The API's rewritten row total: less the discount; in 2.4.8 of one piece only.
    private static func shownTotal(_ line: SalesLine, _ release: MagentoRelease) -> Money {
        switch release {
        case .v244: line.row - line.discount
        case .v247: max(.zero, line.row - line.discount)
        case .v248: line.price - line.discount
        }
    }

    private static func priceWithTax(_ line: SalesLine, of order: SalesOrder) -> Money {
        guard case .bundle(let bundle) = line.role, !bundle.hasFixedPrice else {
            return line.price + line.price.percent(line.taxPercent ?? .zero).inPence
        }
        return line.price + line.tax
    }

    static func taxes(_ line: SalesLine, of order: SalesOrder) -> JSONValue {
        guard let code = order.taxCode, let percent = line.taxPercent, line.isCharged else { return [] }
        let amount = JSONValue.number(line.tax.number)
        return [
            [
                "tax_item_id": JSONValue(line.id), "tax_id": JSONValue(order.id), "item_id": JSONValue(line.id), "tax_code": .string(code),
                "tax_percent": .number(percent.number), "amount": amount, "base_amount": amount, "real_amount": amount,
                "real_base_amount": amount, "taxable_item_type": "product",
            ]
        ]
    }
}
