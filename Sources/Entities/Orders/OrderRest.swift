import Domain

/// An order as what is left of it: rows of which nothing is left are gone, and the pennies that the shop's own rounding of a part leaves
/// over are where most is.
struct OrderRest {
    let order: Order
    /// What was taken off, line by line, for the one who reads the file.
    let notes: [String]

    /// Throws where nothing is left to send.
    init(_ order: Order, basis: OrderArithmetic.Basis) throws(DocumentWithdrawal) {
        guard order.isReduced else {
            self.order = order
            notes = []
            return
        }
        var rest = order
        rest.lines = order.lines.filter { !$0.quantity.isZero }
        guard !rest.lines.isEmpty else { throw DocumentWithdrawal("everything of it was refunded or cancelled in the shop") }
        rest.settlePennies(basis)
        self.order = rest
        var notes = order.lines.filter(\.isReduced).map { line in
            let parts = [(line.refunded, "refunded"), (line.canceled, "cancelled")].filter { !$0.0.isZero }.map { "\($0.0) \($0.1)" }
            return "line \(Escaped(line.sku, limit: 80)): \(line.quantity) of \(line.ordered), \(parts.joined(separator: ", "))"
        }
        let amounts = [(order.money.refunded, "refunded"), (order.money.canceled, "cancelled")].filter { !$0.0.isZero }
        if !amounts.isEmpty {
            notes.append("\(amounts.map { "\($0.0) \(order.currency) \($0.1)" }.joined(separator: ", ")), so \(order.money.grandTotal) is left")
        }
        if !order.money.adjustment.isZero { notes.append("\(order.money.adjustment) \(order.currency) given back besides is not taken off") }
        self.notes = notes
    }
}

extension Order {
    /// The shop rounds the tax and the discount of each part by itself, and the header from the parts: a penny a row may be left over.
    fileprivate mutating func settlePennies(_ basis: OrderArithmetic.Basis) {
        let limit = ExactDecimal(Int64(lines.count + 1)).multiplied(by: ExactDecimal(plain: "0.01") ?? .zero) ?? .zero
        func isSmall(_ amount: ExactDecimal) -> Bool {
            !amount.isZero && amount <= limit && (ExactDecimal.zero.subtracting(limit) ?? .zero) <= amount
        }
        let taxed = lines.map(\.tax).reduce(money.shippingTax) { $0.adding($1) ?? $0 }
        if let over = money.tax.subtracting(taxed), isSmall(over), let index = lines.indices.max(by: { lines[$0].tax < lines[$1].tax }) {
            lines[index].tax = lines[index].tax.adding(over) ?? lines[index].tax
        }
        guard let payable = OrderArithmetic.payable(self, basis: basis), let over = payable.subtracting(money.grandTotal), isSmall(over),
            let index = lines.indices.max(by: { lines[$0].discount < lines[$1].discount })
        else { return }
        lines[index].discount = lines[index].discount.adding(over) ?? lines[index].discount
    }
}

extension OrderLine {
    /// A part of a bundle that has the price: as many are left as of the bundle.
    mutating func follow(_ bundle: OrderLine) {
        canceled = max(canceled, bundle.canceled.share(of: ordered, in: bundle.ordered))
        refunded = max(refunded, bundle.refunded.share(of: ordered, in: bundle.ordered))
        quantity = max(.zero, ordered.subtracting(canceled)?.subtracting(refunded) ?? .zero)
    }
}
