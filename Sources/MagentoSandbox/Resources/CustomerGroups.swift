/// Customer groups: the trade price lists hang on them.
enum CustomerGroups {
    private static let access = Route.Access.resource("Magento_Customer::group")

    static let routes = [
        Route("GET", "customerGroups/search", access) { (state, call) throws(ShopError) in
            let shop = state
            return try SearchResult.json(
                search, over: { _ in shop.customerGroups }, call.query, limits: state.limits, row: { json($0, shop) })
        },
        Route("GET", "customerGroups/:id", access) { (state, call) throws(ShopError) in
            json(state.customerGroups[try position(call.variable("id"), state)], state)
        },
        Route("POST", "customerGroups", access) { (state, call) throws(ShopError) in
            let group = try call.required("group")
            guard let code = group.field("code")?.text, !code.isEmpty else { throw .required("code") }
            try demandFree(code, state, except: nil)
            let created = CustomerGroup(
                id: (state.customerGroups.map(\.id).max() ?? -1) + 1, code: code,
                taxClassID: group.field("tax_class_id")?.whole ?? 3)
            state.customerGroups.append(created)
            return json(created, state)
        },
        Route("PUT", "customerGroups/:id", access) { (state, call) throws(ShopError) in
            let group = try call.required("group")
            let position = try position(call.variable("id"), state)
            if let code = group.field("code")?.text, !code.isEmpty {
                try demandFree(code, state, except: state.customerGroups[position].id)
                state.customerGroups[position].code = code
            }
            if let tax = group.field("tax_class_id")?.whole { state.customerGroups[position].taxClassID = tax }
            return json(state.customerGroups[position], state)
        },
    ]

    private static let search = Search<CustomerGroup>(
        fields: [
            "code": .text { $0.code }, "customer_group_code": .text { $0.code },
            "id": .number { Quantity(Int64($0.id)) }, "customer_group_id": .number { Quantity(Int64($0.id)) },
        ],
        unknownField: { _ in .internal(report: "0000000000001") }
    )

    private static func position(_ id: String, _ state: ShopState) throws(ShopError) -> Int {
        guard let number = Int(id) else { throw .type("id", value: id, expected: "int") }
        guard let position = state.customerGroups.firstIndex(where: { $0.id == number }) else { throw .noSuchEntity(id: number) }
        return position
    }

    private static func demandFree(_ code: String, _ state: ShopState, except id: Int?) throws(ShopError) {
        let isTaken = state.customerGroups.contains { $0.id != id && Collation.fold($0.code) == Collation.fold(code) }
        if isTaken { throw .groupExists }
    }

    private static func json(_ group: CustomerGroup, _ state: ShopState) -> JSONValue {
        [
            "id": JSONValue(group.id), "code": .string(group.code), "tax_class_id": JSONValue(group.taxClassID),
            "tax_class_name": .string(state.taxClasses.first { $0.id == group.taxClassID }?.name ?? ""),
        ]
    }
}
