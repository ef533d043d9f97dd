/// Companies of the B2B edition. A save wants all of a company; its group is that of all its users.
enum Companies {
    private static let access = Route.Access.resource("Magento_Company::index")

    static func areThere(_ state: ShopState) -> Bool { state.modules.contains("Magento_Company") }

    static let routes = [
        Route("GET", "company/:id", access) { (state, call) throws(ShopError) in json(state.companies[try position(call, state)]) },
        Route("POST", "company", access) { (state, call) throws(ShopError) in
            guard areThere(state) else { throw .noRoute }
            let body = try call.required("company")
            let draft = try draft(body, state)
            guard let user = state.customers.firstIndex(where: { $0.id == draft.superUserID }) else { throw .noSuchCustomer(draft.superUserID) }
            guard state.customers[user].companyID == nil else { throw .companyUserTaken }
            state.companies.append(draft)
            // A new company may owe nothing until somebody says otherwise.
            state.companies[state.companies.count - 1].creditLimit = .zero
            state.customers[user].companyID = draft.id
            state.customers[user].groupID = draft.groupID
            call.committed.append(JournalItem(key: "company:\(draft.id)", value: "group=\(draft.groupID)"))
            return json(draft)
        },
        Route("PUT", "company/:id", access) { (state, call) throws(ShopError) in
            let position = try position(call, state)
            let body = try call.required("company")
            let group = try draft(body, state).groupID
            state.companies[position].groupID = group
            state.companies[position].status = body.field("status")?.whole ?? state.companies[position].status
            let company = state.companies[position]
            for index in state.customers.indices where state.customers[index].companyID == company.id { state.customers[index].groupID = group }
            call.committed.append(JournalItem(key: "company:\(company.id)", value: "group=\(group)"))
            return json(company)
        },
    ]

    /// A company with all that a save demands.
    private static func draft(_ body: JSONValue, _ state: ShopState) throws(ShopError) -> ShopCompany {
        var texts: [String: String] = [:]
        for name in ["company_name", "company_email", "city", "country_id", "postcode", "telephone"] {
            guard let text = body.field(name)?.text, !text.isEmpty else { throw .required(name) }
            texts[name] = text
        }
        guard let group = body.field("customer_group_id")?.whole else { throw .required("customer_group_id") }
        guard let user = body.field("super_user_id")?.whole else { throw .required("super_user_id") }
        guard state.customerGroups.contains(where: { $0.id == group }) else { throw .unknownGroup }
        var company = ShopCompany(
            id: (state.companies.map(\.id).max() ?? 0) + 1, name: texts["company_name"] ?? "", email: texts["company_email"] ?? "", groupID: group,
            superUserID: user)
        company.status = body.field("status")?.whole ?? 0
        company.address.street = body.field("street")?.elements?.compactMap(\.text) ?? []
        company.address.city = texts["city"] ?? ""
        company.address.postcode = texts["postcode"] ?? ""
        company.address.country = texts["country_id"] ?? ""
        company.address.region = body.field("region")?.text
        company.address.telephone = texts["telephone"] ?? ""
        return company
    }

    static func position(_ call: RouteCall, _ state: ShopState) throws(ShopError) -> Int {
        guard areThere(state) else { throw .noRoute }
        guard let id = Int(call.variable("id")) else { throw .pathType(call.variable("id")) }
        guard let position = state.companies.firstIndex(where: { $0.id == id }) else { throw .noSuchEntity(id: id) }
        return position
    }

    private static func json(_ company: ShopCompany) -> JSONValue {
        [
            "id": JSONValue(company.id), "status": JSONValue(company.status), "company_name": .string(company.name),
            "company_email": .string(company.email), "street": .array(company.address.street.map { .string($0) }),
            "city": .string(company.address.city), "country_id": .string(company.address.country), "region": .string(company.address.region ?? ""),
            "postcode": .string(company.address.postcode), "telephone": .string(company.address.telephone),
            "super_user_id": JSONValue(company.superUserID), "customer_group_id": JSONValue(company.groupID), "extension_attributes": [],
        ]
    }
}

extension ShopError {
    fileprivate static let companyUserTaken = ShopError(400, "The customer is already a user of another company.")
}
