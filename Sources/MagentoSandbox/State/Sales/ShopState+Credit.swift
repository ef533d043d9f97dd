extension ShopState {
    /// Buying on a company's account, in the B2B edition: the checkout refuses what the company's credit does not cover, unless it may
    /// exceed it, and what was bought is owed from then on. As Adobe describes it; there is no recording of that edition.
    mutating func charge(_ order: SalesOrder) throws(ShopError) {
        guard order.payment.method == "companycredit", Companies.areThere(self) else { return }
        let buyer = customers.first { $0.id == order.buyer.customerID }
        guard let position = companies.firstIndex(where: { $0.id == buyer?.companyID }) else {
            throw ShopError(400, "The requested Payment Method is not available.")
        }
        let company = companies[position]
        if let available = company.available, available < order.grandTotal, !company.mayExceed {
            throw ShopError(400, "The credit limit cannot cover this order.")
        }
        companies[position].balance = company.balance - order.grandTotal
    }
}

extension ShopCompany {
    /// What it may still buy on account; `nil`: any amount.
    package var available: Money? { creditLimit.map { $0 + balance } }
}
