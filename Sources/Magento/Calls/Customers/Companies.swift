package import Domain

/// Companies and their credit, where the shop has Adobe's B2B modules.
package struct Companies: Sendable {
    /// The modules that bring them.
    package static let module = "Magento_Company"
    package static let creditModule = "Magento_CompanyCredit"

    /// What a company owes at most, and what happens beyond.
    package struct Credit: Hashable, Sendable {
        package var id: Int
        package var company: Int
        package var limit: ExactDecimal?
        package var currency: String
        package var mayExceed: Bool

        init?(_ json: JSON) {
            guard let id = json["id"]?.whole, let company = json["company_id"]?.whole else { return nil }
            self.id = id
            self.company = company
            limit = json["credit_limit"]?.decimal
            currency = json["currency_code"]?.text ?? ""
            mayExceed = json["exceed_limit"] == .bool(true)
        }
    }

    /// A company to be made; its first user runs it.
    package struct Draft: Hashable, Sendable {
        package var name: String
        package var email: String
        package var street: [String]
        package var city: String
        package var region: String
        package var postcode: String
        package var country: String
        package var telephone: String
        package var group: Int
        /// The customer's id.
        package var superUser: Int

        package init(
            name: String, email: String, street: [String], city: String, region: String, postcode: String, country: String, telephone: String,
            group: Int,
            superUser: Int
        ) {
            self.name = name
            self.email = email
            self.street = street
            self.city = city
            self.region = region
            self.postcode = postcode
            self.country = country
            self.telephone = telephone
            self.group = group
            self.superUser = superUser
        }
    }

    private let transport: any ShopTransport

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// `nil` where the company has no credit of its own. Throws `Diagnostic`.
    package func credit(of company: Int) async throws -> Credit? {
        let answer = await transport.send(
            ShopCall(
                .get, ["companyCredits", "company", String(company)], route: "companyCredits/company/:id", effect: .read, expects: .object))
        if case .notFound = answer.refusal?.reason { return nil }
        guard let credit = Credit(try answer.payload().json) else {
            throw Diagnostic(
                "SHOP-MALFORMED", "A company's credit came without its numbers", fix: "Look for a module that changes company credit",
                kind: .transient)
        }
        return credit
    }

    /// An absolute limit; what is owed already does not change.
    package func setLimit(_ limit: ExactDecimal, of credit: Credit) async -> Answer {
        let body = JSON.object([
            "creditLimit": .object([
                "id": .number(String(credit.id)), "company_id": .number(String(credit.company)), "credit_limit": .number(limit.description),
                "currency_code": .string(credit.currency), "exceed_limit": .bool(credit.mayExceed),
            ])
        ]).bytes
        return await transport.send(
            ShopCall(.put, ["companyCredits", String(credit.id)], route: "companyCredits/:id", body: body, effect: .absolute, expects: .object))
    }

    /// The company as the shop tells it; a save wants all of it. Throws `Diagnostic`.
    package func company(_ id: Int) async throws -> JSON {
        let answer = await transport.send(
            ShopCall(.get, ["company", String(id)], route: "company/:id", effect: .read, expects: .object))
        return try answer.payload().json
    }

    /// Makes an approved company. A customer can run only one, so a second call makes no second company; still, after a doubt look first.
    package func submit(_ draft: Draft) async -> Answer {
        let body = JSON.object([
            "company": .object([
                "status": .number("1"), "company_name": .string(draft.name), "company_email": .string(draft.email),
                "street": .array(draft.street.map { .string($0) }), "city": .string(draft.city), "region": .string(draft.region),
                "postcode": .string(draft.postcode), "country_id": .string(draft.country), "telephone": .string(draft.telephone),
                "customer_group_id": .number(String(draft.group)), "super_user_id": .number(String(draft.superUser)),
            ])
        ]).bytes
        return await transport.send(ShopCall(.post, ["company"], body: body, effect: .once, expects: .object))
    }

    /// Saves `company` with another customer group: that of all its users.
    package func setGroup(_ group: Int, of company: JSON) async -> Answer {
        guard case .object(var members) = company, let id = company["id"]?.whole else {
            return .notDone(Refusal(.malformed, .transient, message: "a company came without its number", call: "PUT company/:id"))
        }
        members["customer_group_id"] = .number(String(group))
        let body = JSON.object(["company": .object(members)]).bytes
        return await transport.send(
            ShopCall(.put, ["company", String(id)], route: "company/:id", body: body, effect: .absolute, expects: .object))
    }
}
