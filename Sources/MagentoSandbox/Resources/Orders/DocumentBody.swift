/// An invoice or a credit memo as the API shows it.
enum DocumentBody {
    static func invoice(_ invoice: SalesInvoice, _ state: ShopState) -> JSONValue {
        let order = state.sales[invoice.orderID]
        let base = state.configuration.baseCurrency
        let rate = order?.rate ?? Money(1)
        var m = JSONMembers()
        m.add("base_currency_code", base)
        amounts(invoice, into: &m)
        m.add("base_to_global_rate", 1)
        m.add("base_to_order_rate", rate)
        m.add("billing_address_id", order?.billing.id)
        m.add("can_void_flag", 0)
        m.add("created_at", invoice.createdAt)
        m.add("discount_amount", invoice.discount.converted(rate))
        if invoice.isNotified { m.add("email_sent", 1) }
        m.add("entity_id", invoice.id)
        m.add("global_currency_code", base)
        m.add("grand_total", invoice.grandTotal.converted(rate))
        m.add("discount_tax_compensation_amount", Money.zero)
        m.add("increment_id", invoice.incrementID)
        m.add("order_currency_code", order?.currency)
        m.add("order_id", invoice.orderID)
        m.add("shipping_address_id", order?.shipping?.id)
        m.add("shipping_amount", invoice.shipping.converted(rate))
        m.add("shipping_discount_tax_compensation_amount", Money.zero)
        m.add("shipping_incl_tax", (invoice.shipping + invoice.shippingTax).converted(rate))
        m.add("shipping_tax_amount", invoice.shippingTax.converted(rate))
        m.add("state", 2)
        m.add("store_currency_code", base)
        m.add("store_id", order?.storeID)
        m.add("store_to_base_rate", 0)
        m.add("store_to_order_rate", 0)
        m.add("subtotal", invoice.subtotal.converted(rate))
        m.add("subtotal_incl_tax", (invoice.subtotal + .sum(invoice.lines.map(\.tax))).converted(rate))
        m.add("tax_amount", invoice.tax.converted(rate))
        m.add("total_qty", invoice.quantity)
        m.add("updated_at", invoice.updatedAt)
        m.add("items", .array(invoice.lines.map { line($0, of: invoice, order) }))
        m.add("comments", .array(invoice.comments.map { Shipments.comment($0, of: invoice.id) }))
        return m.object
    }

    /// As an invoice, with what it adjusts.
    static func creditMemo(_ memo: SalesInvoice, _ state: ShopState) -> JSONValue {
        let order = state.sales[memo.orderID]
        let base = state.configuration.baseCurrency
        let rate = order?.rate ?? Money(1)
        var m = JSONMembers()
        m.add("adjustment", memo.adjustment.converted(rate))
        m.add("adjustment_negative", memo.adjustmentNegative.converted(rate))
        m.add("adjustment_positive", memo.adjustmentPositive.converted(rate))
        m.add("base_adjustment", memo.adjustment)
        m.add("base_adjustment_negative", memo.adjustmentNegative)
        m.add("base_adjustment_positive", memo.adjustmentPositive)
        m.add("base_currency_code", base)
        amounts(memo, into: &m)
        m.add("base_to_global_rate", 1)
        m.add("base_to_order_rate", rate)
        m.add("billing_address_id", order?.billing.id)
        m.add("created_at", memo.createdAt)
        m.add("discount_amount", memo.discount.converted(rate))
        if memo.isNotified { m.add("email_sent", 1) }
        m.add("entity_id", memo.id)
        m.add("global_currency_code", base)
        m.add("grand_total", memo.grandTotal.converted(rate))
        m.add("discount_tax_compensation_amount", Money.zero)
        m.add("increment_id", memo.incrementID)
        m.add("invoice_id", memo.invoiceID)
        m.add("order_currency_code", order?.currency)
        m.add("order_id", memo.orderID)
        m.add("shipping_address_id", order?.shipping?.id)
        m.add("shipping_amount", memo.shipping.converted(rate))
        m.add("shipping_incl_tax", (memo.shipping + memo.shippingTax).converted(rate))
        m.add("shipping_tax_amount", memo.shippingTax.converted(rate))
        m.add("state", 3)
        m.add("store_currency_code", base)
        m.add("store_id", order?.storeID)
        m.add("subtotal", memo.subtotal.converted(rate))
        m.add("subtotal_incl_tax", (memo.subtotal + .sum(memo.lines.map(\.tax))).converted(rate))
        m.add("tax_amount", memo.tax.converted(rate))
        m.add("updated_at", memo.updatedAt)
        m.add("items", .array(memo.lines.map { line($0, of: memo, order) }))
        m.add("comments", .array(memo.comments.map { Shipments.comment($0, of: memo.id) }))
        return m.object
    }

    private static func amounts(_ document: SalesInvoice, into m: inout JSONMembers) {
        m.add("base_discount_amount", document.discount)
        m.add("base_grand_total", document.grandTotal)
        m.add("base_discount_tax_compensation_amount", Money.zero)
        m.add("base_shipping_amount", document.shipping)
        m.add("base_shipping_discount_tax_compensation_amnt", Money.zero)
        m.add("base_shipping_incl_tax", document.shipping + document.shippingTax)
        m.add("base_shipping_tax_amount", document.shippingTax)
        m.add("base_subtotal", document.subtotal)
        m.add("base_subtotal_incl_tax", document.subtotal + .sum(document.lines.map(\.tax)))
        m.add("base_tax_amount", document.tax)
    }

    private static func line(_ line: SalesInvoice.Line, of document: SalesInvoice, _ order: SalesOrder?) -> JSONValue {
        let percent = order?.lines.first { $0.id == line.orderItemID }?.taxPercent ?? .zero
        let unit = line.price + line.price.percent(percent).inPence
        var m = JSONMembers()
        if line.discount > .zero { m.add("base_discount_amount", line.discount) }
        m.add("base_discount_tax_compensation_amount", Money.zero)
        m.add("base_price", line.price)
        m.add("base_price_incl_tax", unit)
        m.add("base_row_total", line.row)
        m.add("base_row_total_incl_tax", line.row + line.tax)
        m.add("base_tax_amount", line.tax)
        if line.discount > .zero { m.add("discount_amount", line.discount) }
        m.add("entity_id", line.id)
        m.add("discount_tax_compensation_amount", Money.zero)
        m.add("name", line.name)
        m.add("parent_id", document.id)
        m.add("price", line.price)
        m.add("price_incl_tax", unit)
        m.add("product_id", line.productID)
        m.add("row_total", line.row)
        m.add("row_total_incl_tax", line.row + line.tax)
        m.add("sku", line.sku)
        m.add("tax_amount", line.tax)
        m.add("order_item_id", line.orderItemID)
        m.add("qty", line.quantity)
        return m.object
    }
}
