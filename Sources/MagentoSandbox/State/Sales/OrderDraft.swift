/// What a shopper puts into the basket and how they check out.
package struct OrderDraft: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package enum Form: Hashable, Sendable {
            case single
            /// The line's SKU is the variant's; the money stands at the row of `parent`.
            case variant(of: String)
            case bundle([Part], SalesLine.Bundle)
        }

        package struct Part: Hashable, Sendable {
            package var sku: String
            package var each: Quantity
            package var price: Money?

            package init(_ sku: String, each: Quantity = Quantity(1), price: Money? = nil) {
                self.sku = sku
                self.each = each
                self.price = price
            }
        }

        package var sku: String
        package var quantity: Quantity
        /// `nil`: the shop's price for the buyer's group.
        package var price: Money?
        package var discountPercent: Money
        /// `nil`: the order's.
        package var taxPercent: Money?
        package var form: Form
        /// `product_option.extension_attributes` of custom options; their SKUs are appended to the row's.
        package var options: JSONValue?
        package var skuSuffix: String

        package init(
            _ sku: String, _ quantity: Quantity = Quantity(1), price: Money? = nil, discountPercent: Money = .zero,
            form: Form = .single, options: JSONValue? = nil, skuSuffix: String = ""
        ) {
            self.sku = sku
            self.quantity = quantity
            self.price = price
            self.discountPercent = discountPercent
            self.form = form
            self.options = options
            self.skuSuffix = skuSuffix
        }
    }

    package var lines: [Line]
    package var storeID = 1
    /// `nil`: the shop numbers it.
    package var incrementID: String?
    package var buyer = SalesOrder.Buyer()
    package var billing = SalesAddress()
    /// `nil`: as the billing address.
    package var shipping: SalesAddress?
    package var payment = SalesOrder.Payment()
    package var state = SalesOrder.State.new
    package var status: String?
    package var coupon: String?
    package var shippingMethod = "flatrate_flatrate"
    package var shippingDescription = "Flat Rate - Fixed"
    /// `nil`: five a piece.
    package var shippingAmount: Money?
    /// `nil`: by the shop's tax rules.
    package var taxPercent: Money?
    /// Of the carriage, where it is another than that of the goods.
    package var shippingTaxPercent: Money?
    package var currency: String?
    package var rate = Money(1)
    package var extras: [JSONValue.Member] = []
    package var relation: SalesOrder.Relation?
    /// Seconds after which the others see it; the shop commits late.
    package var visibleAfter: Int64 = 0

    package init(_ lines: [Line]) { self.lines = lines }
}
