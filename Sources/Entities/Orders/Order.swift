package import Domain

/// An order as the shop has it, with nothing left out that an ERP needs and nothing taken from what the API rewrites.
package struct Order: Hashable, Sendable {
    package var place: Int
    /// What people and the ERP call it.
    package var number: String
    package var storeID: Int
    package var storeName: String
    package var state: String
    package var status: String
    package var created: UTCInstant
    package var modified: UTCInstant
    /// ISO 4217, of all amounts here.
    package var currency: String
    package var money: OrderMoney
    package var customer: OrderCustomer
    package var billing: OrderAddress
    /// `nil` for an order that nothing is shipped for.
    package var shipping: OrderAddress?
    /// `flatrate_flatrate`; empty where nothing is shipped.
    package var shippingMethod: String
    package var shippingDescription: String
    /// The tax rate of the carriage, as the shop applied it; `nil` where it told none.
    package var shippingTax: OrderTaxRate?
    package var paymentMethod: String
    package var purchaseOrderNumber: String
    package var transaction: String
    package var coupon: String
    package var giftMessage: String
    package var pickupLocation: String
    /// The number of the order that this one was made from by editing it in the shop.
    package var replaces: String
    package var remarks: [String]
    package var lines: [OrderLine]

    /// Something of it was refunded or cancelled, goods or money.
    package var isReduced: Bool { money.isReduced || lines.contains(where: \.isReduced) }
}

/// One rate of the shop's tax rules.
package struct OrderTaxRate: Hashable, Sendable {
    /// `GB-20`
    package var code: String
    package var percent: ExactDecimal
}

/// The header's amounts, in the order's or the base currency.
package struct OrderMoney: Hashable, Sendable {
    package var subtotal = ExactDecimal.zero
    /// Negative.
    package var discount = ExactDecimal.zero
    package var discountTaxCompensation = ExactDecimal.zero
    package var shipping = ExactDecimal.zero
    package var shippingDiscount = ExactDecimal.zero
    package var shippingDiscountTaxCompensation = ExactDecimal.zero
    package var shippingTax = ExactDecimal.zero
    package var tax = ExactDecimal.zero
    /// Gift wrapping and cards: what is paid for besides goods and carriage.
    package var extras = ExactDecimal.zero
    package var giftCards = ExactDecimal.zero
    package var storeCredit = ExactDecimal.zero
    package var rewards = ExactDecimal.zero
    package var grandTotal = ExactDecimal.zero
    package var paid = ExactDecimal.zero
    /// Taken off the amounts above already.
    package var refunded = ExactDecimal.zero
    package var canceled = ExactDecimal.zero
    /// Money given back besides goods and carriage, less what was kept; it is not taken off.
    package var adjustment = ExactDecimal.zero
    package var isReduced: Bool { !refunded.isZero || !canceled.isZero }

    package init() {}
}

package struct OrderCustomer: Hashable, Sendable {
    /// `nil` for a guest.
    package var id: Int?
    package var group: Int
    package var email: String
    package var name: String
    package var taxNumber: String
    package var company: String
    /// B2B's own number of the company; `nil` where there is none.
    package var companyID: Int?
    /// The ERP's account code at the customer in the shop; `nil` where there is none or nobody asked.
    package var account: String?
}

package struct OrderAddress: Hashable, Sendable {
    package var name: String
    package var company: String
    package var street: [String]
    package var city: String
    package var region: String
    package var postcode: String
    /// ISO 3166, two letters.
    package var country: String
    package var telephone: String
    package var email: String
}

/// One row that money or goods hang on; a parent and its child are told once.
package struct OrderLine: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case item
        /// A bundle with a price of its own; its parts follow without one.
        case kit
        case component
    }

    package var id: Int
    package var productID: Int
    package var kind: Kind
    /// As ordered; chosen options may be added to the product's own code.
    package var orderedSKU: String
    /// The code in the catalogue, where it had to be looked up.
    package var catalogueSKU: String?
    package var name: String
    package var isVirtual: Bool
    package var ordered: ExactDecimal
    package var canceled: ExactDecimal
    package var refunded: ExactDecimal
    /// What is left of it, and what all amounts of the line are of.
    package var quantity: ExactDecimal
    package var unitPrice: ExactDecimal
    package var unitPriceWithTax: ExactDecimal
    package var discount: ExactDecimal
    package var discountTaxCompensation: ExactDecimal
    package var taxPercent: ExactDecimal
    package var tax: ExactDecimal
    /// Fixed product taxes (WEEE) of the row.
    package var surcharge: ExactDecimal
    /// Of the tax rates: `GB-20`.
    package var taxCode: String
    /// What the customer chose: `Engraving: For Ann`.
    package var options: [String]
    /// The bundle it is part of.
    package var partOf: String

    package var sku: String { catalogueSKU ?? orderedSKU }
    package var isReduced: Bool { !canceled.isZero || !refunded.isZero }
}
