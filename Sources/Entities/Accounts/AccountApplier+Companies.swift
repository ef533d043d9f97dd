import Domain
import Magento

extension AccountApplier {
    /// What came of making a company.
    enum CompanyMade {
        /// The customer as the shop has it now, with the company.
        case done(Customer)
        case not(ChangeAnswer)
    }

    /// Whether the customer is to get a company: none is there yet, and the list tells enough of one.
    func wantsCompany(_ customer: Customer?, _ value: AccountValue) -> Bool {
        rules.companies == .create && lookups.hasCompanies && customer?.company == nil && value[.name].map { !$0.isEmpty } ?? false
            && AccountField.isAddressWhole(value)
    }

    /// Makes the company, exactly once: after any doubt the customer is looked at, and nothing is sent again in this attempt.
    func makeCompany(for customer: Customer, _ value: AccountValue, account: RecordKey) async -> CompanyMade {
        let draft = Companies.Draft(
            name: value[.name] ?? "", email: customer.email, street: (value[.street] ?? "").split(separator: "\n").map(String.init),
            city: value[.city] ?? "",
            region: value[.region] ?? "", postcode: value[.postcode] ?? "", country: value[.country] ?? rules.country,
            telephone: value[.telephone] ?? "", group: value[.group].flatMap { lookups.id(ofGroup: $0) } ?? customer.group, superUser: customer.id)
        let answer = await client.companies.submit(draft)
        if case .notDone(let refusal) = answer { return .not(self.answer(refusal, account)) }
        guard let now = try? await client.customers.find(ids: [customer.id]).first, now.company != nil else {
            return .not(.deferred(answer.refusal?.diagnostic ?? Self.unseen(account)))
        }
        return .done(now)
    }

    private static func unseen(_ account: RecordKey) -> Diagnostic {
        Diagnostic(
            "COMPANY-UNSEEN", "the company of account \(account) was made, and its customer does not show it yet",
            fix: "nothing: the next attempt looks again",
            kind: .transient)
    }
}
