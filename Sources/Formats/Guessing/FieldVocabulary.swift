package import Domain

/// What a flow can keep in step, as far as a file's columns tell.
package enum GuessedEntity: String, Sendable, CaseIterable {
    case stock, prices
    case specialPrices = "special_prices"
    case tierPrices = "tier_prices"
    case cost, products, accounts, despatches, invoices, credits, statuses, cancellations

    /// Each set of fields is enough for a file to feed the entity.
    var requirements: [Set<String>] {
        switch self {
        case .stock: [["sku", "free"], ["sku", "on_hand"]]
        case .prices: [["sku", "price"]]
        case .specialPrices: [["sku", "special_price"]]
        case .tierPrices: [["sku", "group", "tier_price"], ["sku", "quantity", "tier_price"], ["sku", "discount"]]
        case .cost: [["sku", "unit_cost"]]
        case .products: [["sku", "name"]]
        case .accounts: [["account", "name"]]
        case .despatches: [["despatch", "order"]]
        case .invoices: [["invoice", "order"]]
        case .credits: [["credit_note", "order"]]
        case .statuses: [["order", "order_status"]]
        case .cancellations: [["order", "reason"]]
        }
    }
}

/// The fields that a profile may map, whatever entity takes them, and the words that ERPs caption them with.
package struct FieldVocabulary: Sendable {
    package struct Field: Sendable {
        package var name: String
        package var kind: EntityField.Kind
        /// Captions in lower case: `qty in stock`. The first is the plainest; blanks do not count when they are compared.
        package var words: [String]
    }

    package static let fields: [Field] = [
        Field(
            "sku", .text, "sku", "stock code", "product code", "item code", "item no.", "item no",
            "item number", "item", "part", "part no", "part number", "part num", "article", "article number", "code", "product id", "mbitno",
            "oditno", "parentkey", "stock item code", "works number"),
        Field(
            "warehouse", .text, "warehouse", "warehouse code", "location", "location code", "location id", "depot", "site", "branch", "store", "wh",
            "whse", "mbwhlo"),
        Field(
            "on_hand", .decimal, "on hand", "qty in stock", "quantity in stock", "in stock", "stock", "qty", "quantity", "stock level", "level",
            "inventory", "qtyonhand", "on hand qty", "physical stock", "physical", "physical qty", "stock qty", "mbstqt"),
        Field("allocated", .decimal, "allocated", "qty allocated", "quantity allocated", "committed", "reserved", "qtycommit", "mbalqt"),
        Field("free", .decimal, "free", "free stock", "available", "qty available", "quantity available", "available stock", "free qty", "atp"),
        Field("imported_up_to", .text, "imported up to", "last web order", "last order imported"),
        Field("available_from", .instant, "available from", "availability date", "available on"),
        Field("availability", .text, "availability", "availability status"),
        Field("class", .text, "class", "category", "stock category", "product group", "group code", "stock cat", "product class"),
        Field(
            "price", .decimal, "price", "sales price", "selling price", "unit price", "list price", "retail price", "rrp",
            "base price", "odsapr"),
        Field("currency", .text, "currency", "currency code", "cur", "ccy"),
        Field("price_per", .decimal, "price per", "per", "price unit", "price quantity"),
        Field("pack_size", .decimal, "pack size", "pack", "units per pack", "pack qty"),
        Field("basis", .text, "basis", "net/gross", "price type", "calc method"),
        Field("tax_code", .text, "tax code", "vat code", "t/c", "vat", "tax", "vat rate"),
        Field("valid_from", .instant, "valid from", "start date", "from date", "starting date", "effective from", "effective date", "date from"),
        Field("valid_to", .instant, "valid to", "end date", "to date", "ending date", "effective to", "expiry date", "expires", "date to"),
        Field("website", .text, "website", "web site", "store view"),
        Field("unit_cost", .decimal, "cost", "unit cost", "cost price", "last cost price", "average cost", "standard cost"),
        Field("special_price", .decimal, "special price", "promo price", "promotion price", "offer price", "sale price"),
        Field("special_from", .instant, "special from", "promo from", "offer from", "sale start"),
        Field("special_to", .instant, "special to", "promo to", "offer to", "sale end"),
        Field("group", .text, "group", "price list", "price list ref", "odprrf", "price band", "price level", "customer group", "list code"),
        Field("quantity", .decimal, "quantity from", "qty from", "min qty", "minimum quantity", "break qty", "break quantity", "from quantity"),
        Field("tier_price", .decimal, "tier price", "group price", "trade price", "contract price", "break price"),
        Field("discount", .decimal, "discount", "discount %", "disc %", "discount percent", "discount rate"),
        Field(
            "name", .text, "name", "description", "product name", "item name", "product description", "item description", "account name",
            "customer name", "company name"),
        Field("weight", .decimal, "weight", "unit weight", "net weight", "gross weight"),
        Field("tax_class", .text, "tax class", "vat class"),
        Field("status", .text, "status", "product status", "inactive"),
        Field("unit", .text, "unit", "uom", "unit of measure", "unit of sale", "unit of measure code"),
        Field("supplier_reference", .text, "supplier part no", "supplier reference", "supplier part number", "supplier code", "mpn"),
        Field(
            "account", .text, "account", "a/c", "account ref", "account number", "customer code", "customer no", "customer id", "customer number",
            "card code", "company code"),
        Field("email", .text, "email", "e-mail", "email address"),
        Field("price_group", .text, "price group", "customer price group"),
        Field("terms", .text, "terms", "payment terms"),
        Field("credit_limit", .decimal, "credit limit"),
        Field("on_stop", .boolean, "on stop", "on hold", "blocked", "credit hold"),
        Field("first_name", .text, "first name", "forename"),
        Field("last_name", .text, "last name", "surname"),
        Field("tax_number", .text, "vat reg number", "vat number", "vat registration number", "federaltaxid"),
        Field("parent", .text, "parent", "parent account", "fathercard"),
        Field("street1", .text, "address 1", "street 1"),
        Field("street2", .text, "address 2", "street 2"),
        Field("city", .text, "city", "town"),
        Field("region", .text, "county"),
        Field("country", .text, "country", "country code"),
        Field("telephone", .text, "telephone", "phone", "telephone 1", "phone1"),
        Field(
            "despatch", .text, "despatch number", "despatch no", "gdn number", "gdn no", "goods despatched note", "delivery note number",
            "delivery note no"),
        Field("order", .text, "customer order no", "customer order number", "cust order no", "web order", "web order number", "shop order"),
        Field("order_line", .text, "order line", "order line no", "order line number"),
        Field("carrier", .text, "carrier", "courier", "courier name", "carrier code"),
        Field("tracking", .text, "tracking number", "tracking no", "tracking", "consignment number", "consignment no", "consignment ref"),
        Field("invoice", .text, "invoice number", "invoice no"),
        Field("credit_note", .text, "credit number", "credit no", "credit note", "credit note number"),
        Field("restock", .boolean, "restock", "return to stock"),
        Field("shipping", .decimal, "carriage net", "carriage refunded"),
        Field("adjustment", .decimal, "adjustment"),
        Field("reason", .text, "reason", "return reason", "credit reason"),
        Field("order_status", .text, "order status"),
        Field("remark", .text, "remark"),
        Field("postcode", .text, "postcode", "post code", "zip", "zip code", "postal code"),
    ]

    /// Fields of our own lists, which no ERP writes: buffers of single products.
    private static let listFields: [String: EntityField.Kind] = [
        "units": .decimal, "percent": .decimal, "minimum": .decimal, "maximum": .decimal, "decimals": .decimal,
    ]

    /// The kind of a field; declared attributes of products are text. `nil` for a name that nothing takes.
    /// The field of this name, for reading a sample before an entity is chosen.
    package static func entityField(_ name: String) -> EntityField {
        let kind = kind(of: name)
        return EntityField(name, kind ?? .text, "", isCode: kind == .text && !prose.contains(name) && !name.hasPrefix("attribute."))
    }

    /// What people write in their own words; every other text has to be spelled as somebody else spells it.
    private static let prose: Set<String> = [
        "name", "first_name", "last_name", "street1", "street2", "city", "region", "reason", "remark", "supplier_reference",
    ]

    package static func kind(of name: String) -> EntityField.Kind? {
        if name.hasPrefix("attribute."), name.count > "attribute.".count { return .text }
        return fields.first { $0.name == name }?.kind ?? listFields[name]
    }

    /// Every name that a profile may map, for suggestions.
    static var names: [String] { fields.map(\.name) + listFields.keys.sorted() }
}

extension FieldVocabulary.Field {
    fileprivate init(_ name: String, _ kind: EntityField.Kind, _ words: String...) {
        self.init(name: name, kind: kind, words: words)
    }
}
