import Domain

/// A file's figure on its way to the price of one piece in the shop:
///
///     price / price per × pack size,  then net to gross or back by the tax code's rate,  then rounded once, half up
struct UnitPrice: Hashable, Sendable {
    var price: ExactDecimal
    /// Without tax, unrounded: what a cost is compared with.
    private var net: Fraction
    /// The figures on the way, for the evidence; empty where the figure is the price already.
    private var steps: [String]

    struct Operands: Hashable, Sendable {
        var amount: ExactDecimal
        /// The amount is for so many units.
        var per: ExactDecimal = 1
        /// Units in what the shop sells as one.
        var pack: ExactDecimal = 1
        var basis: PriceTerms.Basis
        var taxCode: String?
    }

    /// Throws the reason for which the line cannot be priced.
    init(_ operands: Operands, terms: PriceTerms) throws(RejectReason) {
        guard operands.per.isPositive else { throw Self.notPositive("price_per", operands.per) }
        guard operands.pack.isPositive else { throw Self.notPositive("pack_size", operands.pack) }
        guard !operands.amount.isNegative else { throw Self.negative(operands.amount) }
        guard
            var unit = Fraction(operands.amount).multiplied(by: Fraction(operands.pack))?.divided(by: Fraction(operands.per)),
            let beforeTax = unit.rounded(digits: 6)
        else { throw Self.outOfRange }
        var steps: [String] = []
        if operands.per != 1 || operands.pack != 1 {
            let per = operands.per == 1 ? "" : " per \(operands.per)"
            let pack = operands.pack == 1 ? "" : " × \(operands.pack)"
            steps.append("\(operands.amount.money)\(per)\(pack) → \(beforeTax.money)")
        } else {
            steps.append(operands.amount.money)
        }
        net = unit
        if operands.basis == .gross || terms.shopBasis == .gross {
            let rate = try Self.rate(operands.taxCode, terms)
            guard let hundred = ExactDecimal(100).adding(rate),
                let up = unit.multiplied(by: Fraction(hundred))?.divided(by: Fraction(100)),
                let down = unit.multiplied(by: Fraction(100))?.divided(by: Fraction(hundred))
            else { throw Self.outOfRange }
            if operands.basis == .gross { net = down }
            if operands.basis != terms.shopBasis {
                unit = terms.shopBasis == .gross ? up : down
                steps.append("\(operands.basis.rawValue) to \(terms.shopBasis.rawValue) \(rate) %")
            }
        }
        guard let price = unit.rounded(digits: terms.digits) else { throw Self.outOfRange }
        self.price = price
        if steps.count > 1 || price != beforeTax { steps.append("→ \(price.money)") }
        self.steps = steps
    }

    /// `12.50 per 10 → 1.25, net to gross 20 % → 1.50`
    var evidence: String {
        var text = ""
        for step in steps { text += text.isEmpty ? step : step.hasPrefix("→") ? " " + step : ", " + step }
        return text
    }

    /// Whether the price without tax is below `cost` with `margin` per cent on it. The cost is for as many units as the
    /// amount was.
    func isBelow(cost: ExactDecimal, margin: ExactDecimal, of operands: Operands) -> Bool {
        guard let factor = ExactDecimal(100).adding(margin),
            let floor = Fraction(cost).multiplied(by: Fraction(operands.pack))?.divided(by: Fraction(operands.per))?
                .multiplied(by: Fraction(factor))?.divided(by: Fraction(100))
        else { return true }
        return net.isLess(than: floor) ?? true
    }

    private static func rate(_ code: String?, _ terms: PriceTerms) throws(RejectReason) -> ExactDecimal {
        guard let code = code ?? terms.standardTaxCode else {
            throw RejectReason(
                "TAX-MISSING", column: "tax_code", "the line has no tax code, so net and gross cannot be told apart",
                fix: "map a tax_code column, or set taxes.standard in the flow")
        }
        guard let rate = terms.taxRates[code] else {
            throw RejectReason(
                "TAX-UNKNOWN", column: "tax_code", value: Escaped(code).description,
                "tax code \"\(Escaped(code))\" has no rate in the settings", fix: "add it to the flow's taxes with its rate")
        }
        return rate
    }

    private static func notPositive(_ column: String, _ number: ExactDecimal) -> RejectReason {
        RejectReason(
            "UNITS-NOT-POSITIVE", column: column, value: number.description, "\(column) has to be more than 0",
            fix: "correct the number of units in the ERP")
    }
    private static func negative(_ amount: ExactDecimal) -> RejectReason {
        RejectReason(
            "PRICE-NEGATIVE", column: "price", value: amount.description, "a price cannot be below 0",
            fix: "correct the price in the ERP")
    }
    private static let outOfRange = RejectReason(
        "NUMBER-RANGE", column: "price", "the price leaves the range of 18 digits", fix: "correct the price in the ERP")
}

extension ExactDecimal {
    /// With two decimals at least: `12.50`, `1.234`.
    var money: String {
        let text = description
        guard let point = text.firstIndex(of: ".") else { return text + ".00" }
        return text[point...].utf8.count == 2 ? text + "0" : text
    }
}
