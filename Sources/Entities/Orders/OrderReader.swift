package import Domain
package import Magento

/// Reads an order of the REST API. Amounts are read to four decimals, which is what the shop's own columns hold: more digits are
/// the shadow of a binary fraction.
///
/// Never read: the items' `row_total`, `base_row_total` and `row_total_incl_tax`. The API rewrites them, each version differently.
package struct OrderReader: Sendable {
    /// Which of the two currencies the file is in.
    package enum Currency: String, Sendable, CaseIterable { case order, base }

    struct Missing: Error { var field: String }

    let currency: Currency

    package init(currency: Currency = .order) { self.currency = currency }

    private var prefix: String { currency == .base ? "base_" : "" }

    package func read(_ json: JSON) throws(DocumentRefusal) -> Order {
        do throws(Missing) {
            return try order(json)
        } catch {
            throw DocumentRefusal(
                RejectReason(
                    "ORDER-INCOMPLETE", column: error.field, "the shop's order has no readable \(error.field)",
                    fix: "look at the order in the shop; a module may have changed it"))
        }
    }

    private func order(_ json: JSON) throws(Missing) -> Order {
        let attributes = json["extension_attributes"]
        let assignment = attributes?["shipping_assignments"]?.elements?.first?["shipping"]
        let billing = try Self.address(json["billing_address"], "billing_address")
        let isVirtual = json["is_virtual"]?.whole == 1
        return Order(
            place: try Self.whole(json, "entity_id"), number: try Self.text(json, "increment_id"),
            storeID: json["store_id"]?.whole ?? 0, storeName: Self.words(json, "store_name").replacing("\n", with: " / "),
            state: try Self.text(json, "state"), status: Self.words(json, "status"),
            created: try Self.instant(json, "created_at"), modified: try Self.instant(json, "updated_at"),
            currency: try Self.text(json, currency == .base ? "base_currency_code" : "order_currency_code"),
            money: try money(json, attributes), customer: customer(json, attributes, billing), billing: billing,
            shipping: isVirtual ? nil : try Self.address(assignment?["address"], "shipping address"),
            shippingMethod: isVirtual ? "" : assignment?["method"]?.text ?? "",
            shippingDescription: Self.words(json, "shipping_description"), shippingTax: Self.shippingTax(attributes),
            paymentMethod: json["payment"]?["method"]?.text ?? "", purchaseOrderNumber: json["payment"]?["po_number"]?.text ?? "",
            transaction: json["payment"]?["last_trans_id"]?.text ?? "", coupon: Self.words(json, "coupon_code"),
            giftMessage: attributes?["gift_message"]?["message"]?.text ?? "",
            pickupLocation: attributes?["pickup_location_code"]?.text ?? "", replaces: Self.words(json, "relation_parent_real_id"),
            remarks: Self.remarks(json),
            lines: try OrderLines(prefix: prefix).read(json["items"]?.elements ?? [], taxCodes: Self.taxCodes(attributes))
        )
    }

    private func money(_ json: JSON, _ attributes: JSON?) throws(Missing) -> OrderMoney {
        func amount(_ name: String) -> ExactDecimal { Self.amount(json, prefix + name) }
        func extra(_ name: String) -> ExactDecimal {
            let names = [prefix + name, currency == .base ? "base_" + name : name]
            return names.compactMap { attributes?[$0]?.decimal ?? json[$0]?.decimal }.first.map(Self.money) ?? .zero
        }
        guard json[prefix + "grand_total"]?.decimal != nil else { throw Missing(field: prefix + "grand_total") }
        var money = OrderMoney()
        money.subtotal = amount("subtotal")
        money.discount = amount("discount_amount")
        money.discountTaxCompensation = amount("discount_tax_compensation_amount")
        money.shipping = amount("shipping_amount")
        money.shippingDiscount = amount("shipping_discount_amount")
        money.shippingDiscountTaxCompensation =
            currency == .base
            ? Self.amount(json, "base_shipping_discount_tax_compensation_amnt") : amount("shipping_discount_tax_compensation_amount")
        money.shippingTax = amount("shipping_tax_amount")
        money.tax = amount("tax_amount")
        money.grandTotal = amount("grand_total")
        reduce(&money, amount)
        money.paid = amount("total_paid")
        money.giftCards = extra("gift_cards_amount")
        money.storeCredit = extra("customer_balance_amount")
        money.rewards = currency == .base ? extra("reward_currency_amount") : extra("reward_currency_amount")
        money.extras = ["gw_price", "gw_items_price", "gw_card_price"].map(extra).reduce(.zero) { $0.adding($1) ?? $0 }
        return money
    }

    /// Takes off what was refunded and cancelled. Money that was given back besides goods and carriage changes nothing of what was bought.
    private func reduce(_ money: inout OrderMoney, _ amount: (String) -> ExactDecimal) {
        money.refunded = amount("total_refunded")
        money.canceled = amount("total_canceled")
        guard money.isReduced else { return }
        func less(_ whole: ExactDecimal, _ parts: ExactDecimal...) -> ExactDecimal {
            parts.reduce(whole) { $0.subtracting($1) ?? $0 }
        }
        money.adjustment = less(amount("adjustment_positive"), amount("adjustment_negative"))
        let carriage = money.shipping
        let gone = carriage.subtracting(less(carriage, amount("shipping_refunded"), amount("shipping_canceled"))) ?? .zero
        money.shipping = less(carriage, gone)
        func carried(_ whole: ExactDecimal) -> ExactDecimal { less(whole, whole.share(of: gone, in: carriage)).rounded(.halfUp, digits: 2) }
        money.shippingDiscount = carried(money.shippingDiscount)
        money.shippingDiscountTaxCompensation = carried(money.shippingDiscountTaxCompensation)
        let canceledCarriage = money.shippingTax.share(of: amount("shipping_canceled"), in: carriage)
        money.shippingTax = less(money.shippingTax, amount("shipping_tax_refunded"), canceledCarriage).rounded(.halfUp, digits: 2)
        money.tax = less(money.tax, amount("tax_refunded"), amount("tax_canceled"))
        money.grandTotal = less(money.grandTotal, less(money.refunded, money.adjustment), money.canceled)
        money.subtotal = less(money.subtotal, amount("subtotal_refunded"), amount("subtotal_canceled"))
    }

    private func customer(_ json: JSON, _ attributes: JSON?, _ billing: OrderAddress) -> OrderCustomer {
        let company = attributes?["company_order_attributes"]
        let name = [Self.words(json, "customer_firstname"), Self.words(json, "customer_lastname")].filter { !$0.isEmpty }
        return OrderCustomer(
            id: json["customer_is_guest"]?.whole == 1 ? nil : json["customer_id"]?.whole, group: json["customer_group_id"]?.whole ?? 0,
            email: Self.words(json, "customer_email"), name: name.isEmpty ? billing.name : name.joined(separator: " "),
            taxNumber: Self.words(json, "customer_taxvat"), company: company?["company_name"]?.text ?? billing.company,
            companyID: company?["company_id"]?.whole.flatMap { $0 == 0 ? nil : $0 }, account: json[OrderSource.accountCode]?.text
        )
    }

    private static func address(_ json: JSON?, _ field: String) throws(Missing) -> OrderAddress {
        guard let json, case .object = json else { throw Missing(field: field) }
        let name = ["prefix", "firstname", "middlename", "lastname", "suffix"].map { words(json, $0) }.filter { !$0.isEmpty }
        return OrderAddress(
            name: name.joined(separator: " "), company: words(json, "company"),
            street: (json["street"]?.elements ?? []).compactMap(\.text).filter { !$0.isEmpty }, city: words(json, "city"),
            region: words(json, "region"), postcode: words(json, "postcode"), country: words(json, "country_id"),
            telephone: words(json, "telephone"), email: words(json, "email")
        )
    }

    /// What the customer or the staff wrote for the customer to see, oldest first.
    private static func remarks(_ json: JSON) -> [String] {
        let note = json["customer_note"]?.text
        let visible = (json["status_histories"]?.elements ?? []).filter { $0["is_visible_on_front"]?.whole == 1 }
        return ([note] + visible.reversed().map { $0["comment"]?.text }).compactMap { $0 }.filter { !$0.isEmpty }
    }

    /// The first tax rate's code of each item.
    private static func taxCodes(_ attributes: JSON?) -> [Int: String] {
        (attributes?["item_applied_taxes"]?.elements ?? []).reduce(into: [:]) { codes, entry in
            guard let item = entry["item_id"]?.whole, let code = entry["applied_taxes"]?.elements?.first?["code"]?.text else { return }
            codes[item] = code
        }
    }

    /// Of the entry for the carriage, which names no item.
    private static func shippingTax(_ attributes: JSON?) -> OrderTaxRate? {
        let entry = (attributes?["item_applied_taxes"]?.elements ?? []).first { $0["type"]?.text == "shipping" }
        guard let rate = entry?["applied_taxes"]?.elements?.first, let code = rate["code"]?.text, let percent = rate["percent"]?.decimal else {
            return nil
        }
        return OrderTaxRate(code: code, percent: percent)
    }

    static func whole(_ json: JSON, _ name: String) throws(Missing) -> Int {
        guard let number = json[name]?.whole else { throw Missing(field: name) }
        return number
    }

    static func text(_ json: JSON, _ name: String) throws(Missing) -> String {
        guard let text = json[name]?.text, !text.isEmpty else { throw Missing(field: name) }
        return text
    }

    static func words(_ json: JSON, _ name: String) -> String { json[name]?.text ?? "" }

    private static func instant(_ json: JSON, _ name: String) throws(Missing) -> UTCInstant {
        guard let instant = json[name]?.text.flatMap(ShopTime.instant) else { throw Missing(field: name) }
        return instant
    }

    static func amount(_ json: JSON, _ name: String) -> ExactDecimal { json[name]?.decimal.map(money) ?? .zero }

    static func money(_ number: ExactDecimal) -> ExactDecimal { number.rounded(.halfUp, digits: 4) }
}
