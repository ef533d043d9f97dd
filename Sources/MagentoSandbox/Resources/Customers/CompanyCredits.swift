/// What companies may owe, in the B2B edition. The limit is absolute; the balance is the shop's own.
enum CompanyCredits {
    static let routes = [
        Route("GET", "companyCredits/company/:id", .resource("Magento_CompanyCredit::view")) { (state, call) throws(ShopError) in
            json(state.companies[try Companies.position(call, state)])
        },
        Route("PUT", "companyCredits/:id", .resource("Magento_Sales::sales")) { (state, call) throws(ShopError) in
            guard Companies.areThere(state) else { throw .noRoute }
            guard let id = Int(call.variable("id")) else { throw .pathType(call.variable("id")) }
            guard let position = state.companies.firstIndex(where: { $0.creditID == id }) else { throw .noSuchEntity(id: id) }
            let body = try call.required("creditLimit")
            guard body.field("company_id")?.whole == state.companies[position].id else { throw .required("company_id") }
            guard body.field("currency_code")?.text != nil else { throw .required("currency_code") }
            switch body.field("credit_limit") {
            case .number(let text)?, .string(let text)?:
                guard let limit = Money(numeric: text) else { throw .type("credit_limit", value: text, expected: "float") }
                state.companies[position].creditLimit = limit
            case nil, .null?, .bool?, .array?, .object?: break
            }
            state.companies[position].mayExceed = body.field("exceed_limit")?.isTrue ?? state.companies[position].mayExceed
            let company = state.companies[position]
            call.committed.append(JournalItem(key: "credit:\(company.id)", value: company.creditLimit?.number ?? "none"))
            return json(company)
        },
    ]

    private static func json(_ company: ShopCompany) -> JSONValue {
        var members = JSONMembers()
        members.add("id", company.creditID)
        members.add("company_id", company.id)
        members.add("credit_limit", company.creditLimit)
        members.add("balance", company.balance)
        members.add("currency_code", "GBP")
        members.add("exceed_limit", .bool(company.mayExceed))
        members.add("available_limit", company.available)
        return members.object
    }
}
