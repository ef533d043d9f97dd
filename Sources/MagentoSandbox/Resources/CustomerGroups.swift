/// Customer groups: the trade price lists hang on them.
enum CustomerGroups {
    private static let access = Route.Access.resource("Magento_Customer::group")

    static let routes = [
        Route("GET", "customerGroups/search", access) { (state, call) throws(ShopError) in
            try SearchResult.json(search, over: { _ in state.customerGroups }, call.query, limits: state.limits, row: json)
        },
        Route("POST", "customerGroups", access) { (state, call) throws(ShopError) in
            let group = try call.required("group")
            guard let code = group.field("code")?.text, !code.isEmpty else { throw .required("code") }
            guard !state.customerGroups.contains(where: { Collation.fold($0.code) == Collation.fold(code) }) else {
                throw .groupExists
            }
            let created = CustomerGroup(id: (state.customerGroups.map(\.id).max() ?? -1) + 1, code: code)
            state.customerGroups.append(created)
            return json(created)
        },
    ]

    private static let search = Search<CustomerGroup>(
        fields: [
            "code": .text { $0.code }, "customer_group_code": .text { $0.code },
            "id": .number { Quantity(Int64($0.id)) }, "customer_group_id": .number { Quantity(Int64($0.id)) },
        ],
        unknownField: { _ in .internal(report: "0000000000001") }
    )

    private static func json(_ group: CustomerGroup) -> JSONValue {
        [
            "id": JSONValue(group.id), "code": .string(group.code), "tax_class_id": 3, "tax_class_name": "Retail Customer",
        ]
    }
}
