package import Domain

/// The sums of an order, worked out from its lines and held against what the shop says the customer pays (reliability D8).
///
/// On a tax-exclusive price list a line's net is price × quantity − discount (+ what the discount had taken of the tax); on an
/// inclusive one the rounding lives in the price with tax, and the net is what is left of it without discount and tax.
package struct OrderArithmetic: Hashable, Sendable {
    /// How the shop's prices are kept (Stores > Configuration > Tax > Calculation > Catalog Prices).
    package enum Basis: String, Sendable, CaseIterable { case exclusive, inclusive }

    package struct LineSum: Hashable, Sendable {
        /// Before discount, without tax.
        package var goods: ExactDecimal
        package var net: ExactDecimal
        package var gross: ExactDecimal
    }

    package var lines: [LineSum]
    /// Of goods and carriage, surcharges and extras among them.
    package var net: ExactDecimal
    package var shippingNet: ExactDecimal
    package var shippingGross: ExactDecimal
    package var tax: ExactDecimal
    package var surcharges: ExactDecimal
    /// Gift cards, store credit, rewards: paid with, not taken off the price.
    package var credits: ExactDecimal
    package var gross: ExactDecimal

    private var payable: ExactDecimal
    private var lineTax: ExactDecimal
    private var isExact: Bool

    /// What the customer would pay by the lines; `nil` where a number does not fit.
    static func payable(_ order: Order, basis: Basis) -> ExactDecimal? {
        let sums = OrderArithmetic(reckoned: order, basis: basis)
        return sums.isExact ? sums.payable : nil
    }

    /// Throws with the sum written out where it does not close to the penny, or a number does not fit.
    package init(_ order: Order, basis: Basis) throws(DocumentRefusal) {
        self.init(reckoned: order, basis: basis)
        let money = order.money
        guard isExact else {
            throw DocumentRefusal(RejectReason("ORDER-SUM", "an amount is too large to be reckoned with", fix: "look at the order in the shop"))
        }
        var sum = Sum()
        guard sum.pennies(payable) == sum.pennies(money.grandTotal), sum.pennies(lineTax) == sum.pennies(money.tax) else {
            throw Self.open(
                order, goods: sum.all(lines.map(\.goods)), discount: sum.minus(sum.all(lines.map(\.goods)), sum.all(lines.map(\.net))),
                shipping: shippingNet, lineTax: lineTax, others: sum.plus(surcharges, money.extras), credits: credits, payable: payable)
        }
    }

    private init(reckoned order: Order, basis: Basis) {
        let money = order.money
        var sum = Sum()
        lines = []
        for line in order.lines {
            let goods =
                switch basis {
                case .exclusive: sum.pennies(sum.times(line.unitPrice, line.quantity))
                case .inclusive:
                    // Without the discount the tax would be higher by what the discount took of it.
                    sum.minus(
                        sum.pennies(sum.times(line.unitPriceWithTax, line.quantity)),
                        sum.plus(line.tax, line.discountTaxCompensation))
                }
            let net = sum.plus(sum.minus(goods, line.discount), line.discountTaxCompensation)
            lines.append(LineSum(goods: goods, net: net, gross: sum.plus(sum.plus(net, line.tax), line.surcharge)))
        }
        shippingNet = sum.plus(sum.minus(money.shipping, money.shippingDiscount), money.shippingDiscountTaxCompensation)
        shippingGross = sum.plus(shippingNet, money.shippingTax)
        surcharges = sum.all(order.lines.map(\.surcharge))
        credits = sum.all([money.giftCards, money.storeCredit, money.rewards])
        let linesNet = sum.all(lines.map(\.net))
        net = sum.all([linesNet, shippingNet, surcharges, money.extras])
        tax = money.tax
        gross = sum.plus(net, tax)
        payable = gross.subtracting(credits) ?? gross
        lineTax = sum.plus(sum.all(order.lines.map(\.tax)), money.shippingTax)
        isExact = sum.isExact
    }

    private static func open(
        _ order: Order, goods: ExactDecimal, discount: ExactDecimal, shipping: ExactDecimal, lineTax: ExactDecimal,
        others: ExactDecimal, credits: ExactDecimal, payable: ExactDecimal
    ) -> DocumentRefusal {
        let money = order.money
        var text = "goods \(goods) - discount \(discount) + carriage \(shipping) + tax \(money.tax)"
        if !others.isZero { text += " + surcharges \(others)" }
        if !credits.isZero { text += " - credits \(credits)" }
        text += " = \(payable), but the customer pays \(money.grandTotal) \(order.currency)"
        if lineTax != money.tax { text += "; the lines' tax with the carriage's is \(lineTax)" }
        return DocumentRefusal(
            RejectReason(
                "ORDER-SUM", column: "grand_total", value: money.grandTotal.description, text,
                fix:
                    "compare the order with the shop; if its prices are kept with tax, set orders.prices: inclusive; a module may add an amount of its own"
            ))
    }

    /// Exact sums that remember when one did not fit.
    private struct Sum {
        var isExact = true

        mutating func taken(_ number: ExactDecimal?) -> ExactDecimal {
            if number == nil { isExact = false }
            return number ?? .zero
        }

        mutating func plus(_ left: ExactDecimal, _ right: ExactDecimal) -> ExactDecimal { taken(left.adding(right)) }
        mutating func minus(_ left: ExactDecimal, _ right: ExactDecimal) -> ExactDecimal { taken(left.subtracting(right)) }
        mutating func times(_ left: ExactDecimal, _ right: ExactDecimal) -> ExactDecimal { taken(left.multiplied(by: right)) }
        mutating func all(_ numbers: [ExactDecimal]) -> ExactDecimal { numbers.reduce(.zero) { plus($0, $1) } }
        func pennies(_ number: ExactDecimal) -> ExactDecimal { number.rounded(.halfUp, digits: 2) }
    }
}
