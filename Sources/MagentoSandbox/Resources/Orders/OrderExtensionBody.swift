/// An order's `extension_attributes`: the only place of the shipping address, and the taxes.
enum OrderExtensionBody {
    static func json(_ order: SalesOrder, items: JSONValue) -> JSONValue {
        var m = JSONMembers()
        m.add("shipping_assignments", [["shipping": shipping(order), "items": items]])
        let details = order.payment.details.sorted { $0.key < $1.key }
        m.add(
            "payment_additional_info",
            .array([("method_title", order.payment.title)].map(info) + details.map { info(($0.key, $0.value)) }))
        m.add("applied_taxes", applied(order, order.tax))
        m.add("item_applied_taxes", .array(itemTaxes(order)))
        m.add("converting_from_quote", false)
        if let code = order.taxCode, let percent = percent(order) {
            let amount = JSONValue.number(order.tax.number)
            m.add(
                "taxes",
                [
                    [
                        "tax_id": JSONValue(order.id), "order_id": JSONValue(order.id), "code": .string(code), "title": .string(code),
                        "percent": .number(percent.number), "amount": amount, "base_amount": amount, "base_real_amount": amount,
                        "priority": 0, "position": 0, "process": 0,
                    ]
                ])
            let shipping = JSONValue.number(order.shippingTax.number)
            m.add(
                "additional_itemized_taxes",
                [
                    [
                        "tax_item_id": JSONValue(order.id), "tax_id": JSONValue(order.id), "tax_code": .string(code),
                        "tax_percent": .number(percent.number), "amount": shipping, "base_amount": shipping, "real_amount": shipping,
                        "real_base_amount": shipping, "taxable_item_type": "shipping",
                    ]
                ])
        }
        for extra in order.extras { m.add(extra.name, extra.value) }
        return m.object
    }

    private static func shipping(_ order: SalesOrder) -> JSONValue {
        var total = JSONMembers()
        for (prefix, suffix, rate) in [("base_", "amnt", Money(1)), ("", "amount", order.rate)] {
            total.add(prefix + "shipping_amount", order.shippingAmount.converted(rate))
            if let canceled = order.canceledSums { total.add(prefix + "shipping_canceled", canceled.shipping.converted(rate)) }
            total.add(prefix + "shipping_discount_amount", Money.zero)
            total.add(prefix + "shipping_discount_tax_compensation_" + suffix, Money.zero)
            total.add(prefix + "shipping_incl_tax", (order.shippingAmount + order.shippingTax).converted(rate))
            if let invoiced = order.invoicedSums { total.add(prefix + "shipping_invoiced", invoiced.shipping.converted(rate)) }
            if let refunded = order.refundedSums { total.add(prefix + "shipping_refunded", refunded.shipping.converted(rate)) }
            total.add(prefix + "shipping_tax_amount", order.shippingTax.converted(rate))
            if let refunded = order.refundedSums { total.add(prefix + "shipping_tax_refunded", refunded.shippingTax.converted(rate)) }
        }
        var m = JSONMembers()
        if let address = order.shipping {
            m.add("address", OrderBody.address(address, "shipping", of: order))
            m.add("method", order.shippingMethod)
        }
        m.add("total", total.object)
        return m.object
    }

    private static func info(_ pair: (String, String)) -> JSONValue { ["key": .string(pair.0), "value": .string(pair.1)] }

    private static func percent(_ order: SalesOrder) -> Money? { order.charged.compactMap(\.taxPercent).first }

    private static func applied(_ order: SalesOrder, _ amount: Money) -> JSONValue {
        guard let code = order.taxCode, let percent = percent(order) else { return [] }
        let amount = JSONValue.number(amount.number)
        return [
            [
                "code": .string(code), "title": .string(code), "percent": .number(percent.number), "amount": amount, "base_amount": amount,
            ]
        ]
    }

    /// An entry for the carriage, with a code and rate of its own behind those of the rows, and one for each taxed row; rows of 0 % have
    /// none (transcripts-2, ordertax-01 to ordertax-03).
    private static func itemTaxes(_ order: SalesOrder) -> [JSONValue] {
        var entries: [JSONValue] = []
        if order.shipping != nil {
            if let own = order.shippingTaxPercent {
                if own > .zero { entries.append(["type": "shipping", "applied_taxes": carriage(order, own)]) }
            } else if order.taxCode != nil {
                entries.append(["type": "shipping", "applied_taxes": applied(order, order.shippingTax)])
            }
        }
        guard order.taxCode != nil else { return entries }
        let rows = order.charged.filter { ($0.taxPercent ?? .zero) > .zero || order.shippingTaxPercent == nil }.map { line -> JSONValue in
            ["type": "product", "item_id": JSONValue(line.id), "applied_taxes": applied(order, line.tax)]
        }
        return order.shippingTaxPercent == nil ? entries + rows : rows + entries
    }

    private static func carriage(_ order: SalesOrder, _ percent: Money) -> JSONValue {
        let code = "\(order.shipping?.country ?? "GB")-\(percent.number)"
        let amount = JSONValue.number(order.shippingTax.number)
        return [
            [
                "code": .string(code), "title": .string(code), "percent": .number(percent.number), "amount": amount, "base_amount": amount,
            ]
        ]
    }
}
