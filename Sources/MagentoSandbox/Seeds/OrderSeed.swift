/// An order described in JSON:
///
///     {"increment_id": "000000101", "customer": {"id": 7, "group": 4, "taxvat": "GB1"},
///      "items": [{"sku": "A", "qty": 2, "price": 9.5, "discount_percent": 10},
///                {"sku": "HOOD-BLA", "parent": "HOOD"},
///                {"sku": "KIT", "parts": [{"sku": "B", "each": 2}], "ship_separately": true, "fixed_price": false}],
///      "billing": {…}, "shipping": {…}, "payment": {"method": "purchaseorder", "po_number": "PO 7"},
///      "shipping_method": "flatrate_flatrate", "shipping_amount": 5, "tax_percent": 20, "state": "processing", "store_id": 1,
///      "currency": "EUR", "rate": 1.15, "coupon": "TENOFF", "visible_after": 1, "extension_attributes": {…}}
///
/// Everything but `items` may be left out.
package enum OrderSeed {
    package struct Invalid: Error, CustomStringConvertible {
        package var description: String
    }

    package static func read(_ json: JSONValue) throws(Invalid) -> OrderDraft {
        var lines: [OrderDraft.Line] = []
        for item in json["items"]?.elements ?? [] { lines.append(try line(item)) }
        guard !lines.isEmpty else { throw Invalid(description: "An order has items.") }
        var draft = OrderDraft(lines)
        draft.incrementID = json["increment_id"]?.text
        draft.storeID = json["store_id"]?.whole ?? 1
        if let customer = json["customer"] {
            draft.buyer = .init(customerID: customer["id"]?.whole, groupID: customer["group"]?.whole ?? 1, taxNumber: customer["taxvat"]?.text)
        }
        if let billing = json["billing"] { draft.billing = address(billing) }
        draft.shipping = json["shipping"].map(address)
        if let payment = json["payment"] { draft.payment = self.payment(payment) }
        if let state = json["state"]?.text {
            guard let known = SalesOrder.State(rawValue: state) else { throw Invalid(description: "There is no state `\(state)`.") }
            draft.state = known
        }
        draft.status = json["status"]?.text
        draft.coupon = json["coupon"]?.text
        draft.shippingMethod = json["shipping_method"]?.text ?? draft.shippingMethod
        draft.shippingDescription = json["shipping_description"]?.text ?? draft.shippingDescription
        draft.shippingAmount = json["shipping_amount"]?.money
        draft.taxPercent = json["tax_percent"]?.money
        draft.currency = json["currency"]?.text
        draft.rate = json["rate"]?.money ?? draft.rate
        draft.visibleAfter = Int64(json["visible_after"]?.whole ?? 0)
        draft.extras = json["extension_attributes"]?.members ?? []
        return draft
    }

    private static func line(_ json: JSONValue) throws(Invalid) -> OrderDraft.Line {
        guard let sku = json["sku"]?.text else { throw Invalid(description: "An item has a sku.") }
        var line = OrderDraft.Line(sku, quantity(json["qty"]) ?? Quantity(1), price: json["price"]?.money)
        line.discountPercent = json["discount_percent"]?.money ?? .zero
        line.skuSuffix = json["sku_suffix"]?.text ?? ""
        line.options = json["product_option"]
        if let parent = json["parent"]?.text { line.form = .variant(of: parent) }
        if let parts = json["parts"]?.elements {
            let bundle = SalesLine.Bundle(
                shipsSeparately: json["ship_separately"] != .bool(false), hasFixedPrice: json["fixed_price"]?.isTrue ?? false)
            line.form = .bundle(
                parts.map { .init($0["sku"]?.text ?? "", each: quantity($0["each"]) ?? Quantity(1), price: $0["price"]?.money) }, bundle)
        }
        return line
    }

    private static func quantity(_ json: JSONValue?) -> Quantity? {
        switch json {
        case .number(let text)?, .string(let text)?: Quantity(numeric: text)
        case nil, .null?, .bool?, .array?, .object?: nil
        }
    }

    private static func address(_ json: JSONValue) -> SalesAddress {
        var address = SalesAddress()
        address.firstName = json["firstname"]?.text ?? address.firstName
        address.lastName = json["lastname"]?.text ?? address.lastName
        address.company = json["company"]?.text
        address.street = json["street"]?.elements?.compactMap(\.text) ?? address.street
        address.city = json["city"]?.text ?? address.city
        address.postcode = json["postcode"]?.text ?? address.postcode
        address.country = json["country_id"]?.text ?? address.country
        address.region = json["region"]?.text ?? address.region
        address.telephone = json["telephone"]?.text ?? address.telephone
        address.email = json["email"]?.text ?? address.email
        return address
    }

    private static func payment(_ json: JSONValue) -> SalesOrder.Payment {
        var payment = SalesOrder.Payment()
        payment.method = json["method"]?.text ?? payment.method
        payment.title = json["title"]?.text ?? payment.title
        payment.purchaseOrder = json["po_number"]?.text
        payment.transaction = json["last_trans_id"]?.text
        for member in json["details"]?.members ?? [] { payment.details[member.name] = member.value.text }
        return payment
    }
}
