/// An order as `GET orders` shows it; what is null is left out.
enum OrderBody {
    enum Extent { case whole, withoutExtensions }

    static func json(_ order: SalesOrder, _ state: ShopState, _ extent: Extent = .whole) -> JSONValue {
        var m = head(order, state)
        let lines = order.lines.map { OrderItemBody.json($0, of: order, release: state.release, .inOrder) }
        m.add("items", .array(lines))
        m.add("billing_address", address(order.billing, "billing", of: order))
        m.add("payment", payment(order))
        m.add("status_histories", .array(order.comments.reversed().map { comment($0, of: order) }))
        if extent == .whole { m.add("extension_attributes", OrderExtensionBody.json(order, items: .array(lines))) }
        return m.object
    }

    private static func head(_ order: SalesOrder, _ state: ShopState) -> JSONMembers {
        let base = state.configuration.baseCurrency
        let inOrder = { (money: Money) in money.converted(order.rate) }
        let goods = order.charged.map { $0.price.times($0.ordered).percent($0.taxPercent ?? .zero).inPence }
        let subtotalWithTax = order.subtotal + .sum(goods)
        let shippingWithTax = order.shippingAmount + order.shippingTax
        let discount = -order.discount
        let due = order.grandTotal - order.paid - (order.canceledSums?.total ?? .zero)
        let zero = Money.zero
        var m = JSONMembers()
        if let refunded = order.refundedSums {
            let (negative, positive) = (max(zero, zero - refunded.adjustment), max(zero, refunded.adjustment))
            m.add("adjustment_negative", inOrder(negative))
            m.add("adjustment_positive", inOrder(positive))
            m.add("base_adjustment_negative", negative)
            m.add("base_adjustment_positive", positive)
        }
        m.add("applied_rule_ids", order.coupon == nil ? nil : "1")
        m.add("base_currency_code", base)
        m.add("base_discount_amount", discount)
        settled(order, "discount", { -$0.discount }, base: true, into: &m)
        m.add("base_grand_total", order.grandTotal)
        m.add("base_discount_tax_compensation_amount", zero)
        if order.invoicedSums != nil { m.add("base_discount_tax_compensation_invoiced", zero) }
        if order.refundedSums != nil { m.add("base_discount_tax_compensation_refunded", zero) }
        m.add("base_shipping_amount", order.shippingAmount)
        if let canceled = order.canceledSums { m.add("base_shipping_canceled", canceled.shipping) }
        m.add("base_shipping_discount_amount", zero)
        m.add("base_shipping_discount_tax_compensation_amnt", zero)
        m.add("base_shipping_incl_tax", shippingWithTax)
        if let invoiced = order.invoicedSums { m.add("base_shipping_invoiced", invoiced.shipping) }
        if let refunded = order.refundedSums { m.add("base_shipping_refunded", refunded.shipping) }
        m.add("base_shipping_tax_amount", order.shippingTax)
        if let refunded = order.refundedSums { m.add("base_shipping_tax_refunded", refunded.shippingTax) }
        m.add("base_subtotal", order.subtotal)
        if let canceled = order.canceledSums { m.add("base_subtotal_canceled", canceled.subtotal) }
        m.add("base_subtotal_incl_tax", subtotalWithTax)
        if let invoiced = order.invoicedSums { m.add("base_subtotal_invoiced", invoiced.subtotal) }
        if let refunded = order.refundedSums { m.add("base_subtotal_refunded", refunded.subtotal) }
        m.add("base_tax_amount", order.tax)
        settled(order, "tax", \.tax, base: true, into: &m)
        if let canceled = order.canceledSums { m.add("base_total_canceled", canceled.total) }
        m.add("base_total_due", due)
        if let invoiced = order.invoicedSums {
            m.add("base_total_invoiced", invoiced.total)
            m.add("base_total_invoiced_cost", zero)
        }
        if let refunded = order.refundedSums { m.add("base_total_offline_refunded", refunded.total) }
        if let invoiced = order.invoicedSums { m.add("base_total_paid", invoiced.total) }
        if let refunded = order.refundedSums { m.add("base_total_refunded", refunded.total) }
        m.add("base_to_global_rate", 1)
        m.add("base_to_order_rate", order.rate)
        m.add("billing_address_id", order.billing.id)
        m.add("coupon_code", order.coupon)
        m.add("created_at", order.createdAt)
        m.add("customer_email", order.billing.email)
        m.add("customer_firstname", order.billing.firstName)
        m.add("customer_group_id", order.buyer.groupID)
        m.add("customer_id", order.buyer.customerID)
        m.add("customer_is_guest", order.buyer.customerID == nil ? 1 : 0)
        m.add("customer_lastname", order.billing.lastName)
        m.add("customer_note_notify", 1)
        m.add("customer_taxvat", order.buyer.taxNumber)
        m.add("discount_amount", inOrder(discount))
        settled(order, "discount", { -$0.discount }, base: false, into: &m)
        m.add("discount_description", order.coupon)
        m.add("edit_increment", order.relation?.edit)
        if state.configuration.sendsLetters { m.add("email_sent", 1) }
        m.add("entity_id", order.id)
        m.add("ext_order_id", order.externalID)
        m.add("global_currency_code", base)
        m.add("grand_total", inOrder(order.grandTotal))
        m.add("discount_tax_compensation_amount", zero)
        if order.invoicedSums != nil { m.add("discount_tax_compensation_invoiced", zero) }
        if order.refundedSums != nil { m.add("discount_tax_compensation_refunded", zero) }
        m.add("hold_before_state", order.heldFrom?.0.rawValue)
        m.add("hold_before_status", order.heldFrom?.1)
        m.add("increment_id", order.incrementID)
        m.add("is_virtual", order.shipping == nil ? 1 : 0)
        m.add("order_currency_code", order.currency)
        m.add("original_increment_id", order.relation?.originalIncrementID)
        m.add("protect_code", StableText.hash("\(order.id)"))
        m.add("quote_id", order.quoteID)
        m.add("relation_child_id", order.relation?.childID.map { String($0) })
        m.add("relation_child_real_id", order.relation?.childIncrementID)
        m.add("relation_parent_id", order.relation?.parentID.map { String($0) })
        m.add("relation_parent_real_id", order.relation?.parentIncrementID)
        m.add("remote_ip", "127.0.0.1")
        m.add("shipping_amount", inOrder(order.shippingAmount))
        if let canceled = order.canceledSums { m.add("shipping_canceled", inOrder(canceled.shipping)) }
        m.add("shipping_description", order.shipping == nil ? nil : order.shippingDescription)
        m.add("shipping_discount_amount", zero)
        m.add("shipping_discount_tax_compensation_amount", zero)
        m.add("shipping_incl_tax", inOrder(shippingWithTax))
        if let invoiced = order.invoicedSums { m.add("shipping_invoiced", inOrder(invoiced.shipping)) }
        if let refunded = order.refundedSums { m.add("shipping_refunded", inOrder(refunded.shipping)) }
        m.add("shipping_tax_amount", inOrder(order.shippingTax))
        if let refunded = order.refundedSums { m.add("shipping_tax_refunded", inOrder(refunded.shippingTax)) }
        m.add("state", order.state.rawValue)
        m.add("status", order.status)
        m.add("store_currency_code", base)
        m.add("store_id", order.storeID)
        m.add("store_name", storeName(order, state))
        m.add("store_to_base_rate", 0)
        m.add("store_to_order_rate", 0)
        m.add("subtotal", inOrder(order.subtotal))
        if let canceled = order.canceledSums { m.add("subtotal_canceled", inOrder(canceled.subtotal)) }
        m.add("subtotal_incl_tax", inOrder(subtotalWithTax))
        if let invoiced = order.invoicedSums { m.add("subtotal_invoiced", inOrder(invoiced.subtotal)) }
        if let refunded = order.refundedSums { m.add("subtotal_refunded", inOrder(refunded.subtotal)) }
        m.add("tax_amount", inOrder(order.tax))
        settled(order, "tax", \.tax, base: false, into: &m)
        if let canceled = order.canceledSums { m.add("total_canceled", inOrder(canceled.total)) }
        m.add("total_due", inOrder(due))
        if let invoiced = order.invoicedSums { m.add("total_invoiced", inOrder(invoiced.total)) }
        m.add("total_item_count", order.lines.filter { $0.parentID == nil }.count)
        if let refunded = order.refundedSums { m.add("total_offline_refunded", inOrder(refunded.total)) }
        if let invoiced = order.invoicedSums { m.add("total_paid", inOrder(invoiced.total)) }
        m.add("total_qty_ordered", Quantity.sum(order.lines.filter { $0.parentID == nil }.map(\.ordered)))
        if let refunded = order.refundedSums { m.add("total_refunded", inOrder(refunded.total)) }
        m.add("updated_at", order.updatedAt)
        m.add("weight", Money.sum(order.lines.filter { $0.parentID == nil }.map { $0.weight.times($0.ordered) }))
        return m
    }

    private static func settled(
        _ order: SalesOrder, _ name: String, _ amount: (SalesOrder.Settled) -> Money, base isBase: Bool, into m: inout JSONMembers
    ) {
        let prefix = isBase ? "base_\(name)_" : "\(name)_"
        for (suffix, sums) in [("canceled", order.canceledSums), ("invoiced", order.invoicedSums), ("refunded", order.refundedSums)] {
            guard let sums else { continue }
            m.add(prefix + suffix, isBase ? amount(sums) : amount(sums).converted(order.rate))
        }
    }

    static func address(_ address: SalesAddress, _ type: String, of order: SalesOrder) -> JSONValue {
        var m = JSONMembers()
        m.add("address_type", type)
        m.add("city", address.city)
        m.add("company", address.company)
        m.add("country_id", address.country)
        m.add("email", address.email)
        m.add("entity_id", address.id)
        m.add("firstname", address.firstName)
        m.add("lastname", address.lastName)
        m.add("parent_id", order.id)
        m.add("postcode", address.postcode)
        m.add("region", address.region)
        m.add("region_code", address.region)
        if order.buyer.customerID != nil { m.add("region_id", 0) }
        m.add("street", .array(address.street.map { .string($0) }))
        m.add("telephone", address.telephone)
        return m.object
    }

    static func payment(_ order: SalesOrder) -> JSONValue {
        let total = order.grandTotal
        var m = JSONMembers()
        m.add("account_status", JSONValue.null)
        m.add(
            "additional_information",
            .array([.string(order.payment.title)] + order.payment.details.sorted { $0.key < $1.key }.map { .string($0.value) }))
        m.add("amount_ordered", total.converted(order.rate))
        if let paid = order.invoicedSums { m.add("amount_paid", paid.total.converted(order.rate)) }
        if let refunded = order.refundedSums { m.add("amount_refunded", refunded.total.converted(order.rate)) }
        m.add("base_amount_ordered", total)
        if let paid = order.invoicedSums { m.add("base_amount_paid", paid.total) }
        if let refunded = order.refundedSums { m.add("base_amount_refunded", refunded.total) }
        m.add("base_shipping_amount", order.shippingAmount)
        if let paid = order.invoicedSums { m.add("base_shipping_captured", paid.shipping) }
        if let refunded = order.refundedSums { m.add("base_shipping_refunded", refunded.shipping) }
        m.add("cc_last4", JSONValue.null)
        m.add("entity_id", order.id)
        m.add("last_trans_id", order.payment.transaction)
        m.add("method", order.payment.method)
        m.add("parent_id", order.id)
        m.add("po_number", order.payment.purchaseOrder)
        m.add("shipping_amount", order.shippingAmount.converted(order.rate))
        if let paid = order.invoicedSums { m.add("shipping_captured", paid.shipping.converted(order.rate)) }
        if let refunded = order.refundedSums { m.add("shipping_refunded", refunded.shipping.converted(order.rate)) }
        return m.object
    }

    static func comment(_ comment: SalesOrder.Comment, of order: SalesOrder) -> JSONValue {
        var m = JSONMembers()
        m.add("comment", comment.text)
        m.add("created_at", comment.createdAt)
        m.add("entity_id", comment.id)
        m.add("entity_name", comment.entity)
        m.add("is_customer_notified", comment.isCustomerNotified ? 1 : 0)
        m.add("is_visible_on_front", comment.isVisibleOnFront ? 1 : 0)
        m.add("parent_id", order.id)
        m.add("status", comment.status)
        return m.object
    }

    /// Website, store group and store view, a line each.
    private static func storeName(_ order: SalesOrder, _ state: ShopState) -> String {
        guard let view = state.storeViews.first(where: { $0.id == order.storeID }) else { return "" }
        let website = state.websites.first { $0.id == view.websiteID }?.name ?? ""
        let group = state.storeGroups.first { $0.id == view.groupID }?.name ?? website + " Store"
        return [website, group, view.name].joined(separator: "\n")
    }
}

extension Money {
    /// In another currency, to the penny.
    func converted(_ rate: Money) -> Money {
        guard rate != Money(1) else { return self }
        return Money(millionths: Int64(Int128(millionths) * Int128(rate.millionths) / 1_000_000)).inPence
    }
}
