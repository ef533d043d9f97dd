extension OrderSearch {
    /// What an order is made into a document from, and nothing else: a third of its bytes. Members are asked for whole where the shop may answer nothing
    /// in their place, because a projection into what is no object breaks the call.
    ///
    /// - Parameter inBase: the amounts are those of the website's currency instead of the order's.
    package static func documentFields(inBase: Bool) -> String {
        let prefix = inBase ? "base_" : ""
        func amounts(_ names: [String]) -> [String] { names.map { prefix + $0 } }
        let attributes =
            ["shipping_assignments[shipping]", "item_applied_taxes", "gift_message", "pickup_location_code", "company_order_attributes"]
            + amounts(extraAmounts)
        let rows =
            ["item_id", "parent_item_id", "sku", "product_id", "product_type", "name", "is_virtual", "qty_ordered", "qty_canceled", "qty_refunded"]
            + ["qty_shipped", "tax_percent", "product_option", inBase ? "base_weee_tax_applied_row_amnt" : "weee_tax_applied_row_amount"]
            + amounts(rowAmounts)
        let members =
            heads + amounts(headAmounts) + amounts(extraAmounts) + (inBase ? ["base_shipping_discount_tax_compensation_amnt"] : [])
            + ["billing_address", "payment", "status_histories[comment,is_visible_on_front]"]
            + ["extension_attributes[\(attributes.joined(separator: ","))]", "items[\(rows.joined(separator: ","))]"]
        return "items[\(members.joined(separator: ","))],total_count"
    }

    private static let heads = [
        "entity_id", "increment_id", "store_id", "store_name", "state", "status", "created_at", "updated_at", "is_virtual", "order_currency_code",
        "base_currency_code", "shipping_description", "coupon_code", "relation_parent_real_id", "customer_note", "customer_is_guest", "customer_id",
        "customer_group_id", "customer_email", "customer_firstname", "customer_lastname", "customer_taxvat",
    ]

    private static let headAmounts = [
        "grand_total", "subtotal", "discount_amount", "discount_tax_compensation_amount", "shipping_amount", "shipping_discount_amount",
        "shipping_discount_tax_compensation_amount", "shipping_tax_amount", "tax_amount", "total_paid", "total_refunded", "total_canceled",
        "adjustment_positive", "adjustment_negative", "shipping_refunded", "shipping_canceled", "shipping_tax_refunded", "tax_refunded",
        "tax_canceled",
        "subtotal_refunded", "subtotal_canceled",
    ]

    /// Members of the order in some releases and attributes in others.
    private static let extraAmounts = [
        "gift_cards_amount", "customer_balance_amount", "reward_currency_amount", "gw_price", "gw_items_price", "gw_card_price",
    ]

    private static let rowAmounts = [
        "price", "price_incl_tax", "tax_amount", "tax_refunded", "tax_canceled", "discount_amount", "discount_refunded",
        "discount_tax_compensation_amount", "discount_tax_compensation_refunded", "discount_tax_compensation_canceled",
    ]
}
