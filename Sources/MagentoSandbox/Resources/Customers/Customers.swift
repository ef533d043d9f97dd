/// Customers: a `PUT` merges what is sent, except that a list of addresses replaces them all.
enum Customers {
    private static let access = Route.Access.resource("Magento_Customer::customer")

    static let routes = [
        Route("GET", "customers/search", access) { (state, call) throws(ShopError) in
            let shop = state
            return try SearchResult.json(
                search(state.customerAttributes), over: { _ in shop.customers }, call.query, limits: state.limits, row: { json($0, shop) })
        },
        Route("GET", "customers/:id", access) { (state, call) throws(ShopError) in
            json(state.customers[try position(call, state)], state)
        },
        Route("POST", "customers", .anonymous) { (state, call) throws(ShopError) in
            let draft = try CustomerDraft(call.required("customer"))
            let website = draft.websiteID ?? 1
            let store = draft.storeID ?? state.storeViews.filter { $0.id != 0 && $0.websiteID == website }.map(\.id).min() ?? 1
            guard let email = draft.email, let first = draft.firstName else { throw .requiredValue("First Name") }
            var customer = ShopCustomer(
                id: 0, email: email, firstName: first, lastName: draft.lastName ?? "", groupID: 1, storeID: store, websiteID: website,
                createdAt: ShopClock.stamp(call.now))
            try apply(draft, to: &customer, &state, now: call.now)
            customer.id = SalesBook.next(&state.sales.counters.customer)
            number(&customer, &state)
            state.customers.append(customer)
            state.sales.notifications.append(.init(order: "", about: "welcome letter to customer \(customer.id)"))
            note(customer, &call)
            return json(customer, state)
        },
        Route("PUT", "customers/:id", .resource("Magento_Customer::manage")) { (state, call) throws(ShopError) in
            let position = try position(call, state)
            var customer = state.customers[position]
            try apply(try CustomerDraft(call.required("customer")), to: &customer, &state, now: call.now)
            number(&customer, &state)
            state.customers[position] = customer
            note(customer, &call)
            return json(customer, state)
        },
    ]

    /// The shop's own attributes are columns like any other.
    private static func search(_ attributes: Set<String>) -> Search<ShopCustomer> {
        var search = columns
        for code in attributes { search.fields[code] = .optional { $0.attributes[code] } }
        return search
    }

    private static let columns = Search<ShopCustomer>(
        fields: [
            "entity_id": .number { Quantity(Int64($0.id)) }, "id": .number { Quantity(Int64($0.id)) }, "email": .text { $0.email },
            "group_id": .number { Quantity(Int64($0.groupID)) }, "website_id": .number { Quantity(Int64($0.websiteID)) },
            "firstname": .text { $0.firstName }, "lastname": .text { $0.lastName }, "taxvat": .optional { $0.taxNumber },
            "created_at": .stamp { $0.createdAt }, "updated_at": .stamp { $0.updatedAt },
        ],
        unknownField: { .invalidAttribute($0) })

    private static func position(_ call: RouteCall, _ state: ShopState) throws(ShopError) -> Int {
        guard let id = Int(call.variable("id")) else { throw .pathType(call.variable("id")) }
        guard let position = state.customers.firstIndex(where: { $0.id == id }) else { throw .noSuchCustomer(id) }
        return position
    }

    private static func apply(
        _ draft: CustomerDraft, to customer: inout ShopCustomer, _ state: inout ShopState, now: Int64
    ) throws(ShopError) {
        let before = customer.id
        customer.email = draft.email ?? customer.email
        customer.firstName = draft.firstName ?? customer.firstName
        customer.lastName = draft.lastName ?? customer.lastName
        customer.websiteID = draft.websiteID ?? customer.websiteID
        customer.storeID = draft.storeID ?? customer.storeID
        customer.taxNumber = draft.taxNumber ?? customer.taxNumber
        customer.groupID = draft.groupID ?? customer.groupID
        customer.addresses = draft.addresses ?? customer.addresses
        // A custom attribute that the shop does not have, or has in no set, is dropped without a word; an empty value takes it away (custattr-*).
        for (code, value) in draft.attributes where state.keptCustomerAttributes.contains(code) {
            customer.attributes[code] = value.isEmpty ? nil : value
        }
        guard state.customerGroups.contains(where: { $0.id == customer.groupID }) else { throw .unknownGroup }
        let parts = customer.email.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].contains(".") else { throw .emailInvalid }
        guard !customer.firstName.isEmpty else { throw .requiredValue("First Name") }
        guard !customer.lastName.isEmpty else { throw .requiredValue("Last Name") }
        let email = Collation.fold(customer.email)
        let isTaken = state.customers.contains {
            $0.id != before && $0.websiteID == customer.websiteID && Collation.fold($0.email) == email
        }
        guard !isTaken else { throw .emailTaken }
        customer.updatedAt = ShopClock.stamp(now)
    }

    private static func number(_ customer: inout ShopCustomer, _ state: inout ShopState) {
        for index in customer.addresses.indices where customer.addresses[index].id == 0 {
            customer.addresses[index].id = SalesBook.next(&state.sales.counters.customerAddress)
        }
    }

    private static func note(_ customer: ShopCustomer, _ call: inout RouteCall) {
        let attributes = customer.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        call.committed.append(
            JournalItem(key: "customer:\(customer.id)", value: (["group=\(customer.groupID)"] + attributes).joined(separator: " ")))
    }

    static func json(_ customer: ShopCustomer, _ state: ShopState) -> JSONValue {
        var m = JSONMembers()
        m.add("id", customer.id)
        m.add("group_id", customer.groupID)
        m.add("default_billing", customer.addresses.first(where: \.isDefaultBilling).map { String($0.id) })
        m.add("default_shipping", customer.addresses.first(where: \.isDefaultShipping).map { String($0.id) })
        m.add("created_at", customer.createdAt)
        m.add("updated_at", customer.updatedAt)
        m.add("created_in", state.storeViews.first { $0.id == customer.storeID }?.name ?? "")
        m.add("email", customer.email)
        m.add("firstname", customer.firstName)
        m.add("lastname", customer.lastName)
        m.add("store_id", customer.storeID)
        m.add("taxvat", customer.taxNumber)
        m.add("website_id", customer.websiteID)
        m.add("addresses", .array(customer.addresses.map { address($0, of: customer) }))
        m.add("disable_auto_group_change", 0)
        m.add("extension_attributes", extensionAttributes(customer, state))
        if !customer.attributes.isEmpty {
            m.add(
                "custom_attributes",
                .array(customer.attributes.sorted { $0.key < $1.key }.map { ["attribute_code": .string($0.key), "value": .string($0.value)] }))
        }
        return m.object
    }

    private static func extensionAttributes(_ customer: ShopCustomer, _ state: ShopState) -> JSONValue {
        guard let company = customer.companyID, Companies.areThere(state) else { return ["is_subscribed": false] }
        return [
            "company_attributes": [
                "customer_id": JSONValue(customer.id), "company_id": JSONValue(company), "job_title": "", "status": 1, "telephone": "",
            ],
            "is_subscribed": false,
        ]
    }

    private static func address(_ address: ShopCustomer.Address, of customer: ShopCustomer) -> JSONValue {
        let region = JSONValue.string(address.region ?? "")
        var m = JSONMembers()
        m.add("id", address.id)
        m.add("customer_id", customer.id)
        m.add("region", ["region_code": region, "region": region, "region_id": 0])
        m.add("region_id", 0)
        m.add("country_id", address.country)
        m.add("street", .array(address.street.map { .string($0) }))
        m.add("company", address.company)
        m.add("telephone", address.telephone)
        m.add("postcode", address.postcode)
        m.add("city", address.city)
        m.add("firstname", address.firstName)
        m.add("lastname", address.lastName)
        if address.isDefaultShipping { m.add("default_shipping", true) }
        if address.isDefaultBilling { m.add("default_billing", true) }
        return m.object
    }
}
