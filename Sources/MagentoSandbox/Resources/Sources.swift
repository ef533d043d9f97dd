/// `inventory/sources`: the warehouses.
enum Sources {
    static let routes = [
        Route("GET", "inventory/sources", .resource("Magento_InventoryApi::source")) { (state, call) throws(ShopError) in
            try SearchResult.json(search, over: { _ in state.sources }, call.query, limits: state.limits, row: json)
        },
        Route("POST", "inventory/sources", .resource("Magento_InventoryApi::source_edit")) { (state, call) throws(ShopError) in
            let source = try call.required("source")
            guard let code = source.field("source_code")?.text, !code.isEmpty else { throw .required("source_code") }
            let details = ["description", "contact_name", "city", "street"].compactMap { name in
                source.field(name)?.text.map { (name, $0) }
            }
            let index = state.sources.firstIndex { Collation.fold($0.code) == Collation.fold(code) }
            // What a second post leaves out stays as it was.
            var saved = index.map { state.sources[$0] } ?? InventorySource(code: code, name: code, isEnabled: false)
            if let name = source.field("name")?.text { (saved.name, saved.frontendName) = (name, name) }
            if let isEnabled = source.field("enabled") { saved.isEnabled = isEnabled.isTrue }
            saved.country = source.field("country_id")?.text ?? saved.country
            saved.postcode = source.field("postcode")?.text ?? saved.postcode
            saved.details.merge(details) { $1 }
            if let index { state.sources[index] = saved } else { state.sources.append(saved) }
            return []
        },
    ]

    private static let search = Search<InventorySource>(
        fields: [
            "source_code": .text { $0.code }, "name": .text { $0.name },
            "enabled": .number { Quantity($0.isEnabled ? 1 : 0) },
        ],
        unknownField: { _ in .internal(report: "6b00f2cd2cb98") }
    )

    private static func json(_ source: InventorySource) -> JSONValue {
        var members: [JSONValue.Member] = [.init("source_code", .string(source.code)), .init("name", .string(source.name))]
        if let contact = source.details["contact_name"] { members.append(.init("contact_name", .string(contact))) }
        members.append(.init("enabled", .bool(source.isEnabled)))
        if let text = source.details["description"] { members.append(.init("description", .string(text))) }
        if source.code == "default" { members += [.init("latitude", 0), .init("longitude", 0)] }
        members.append(.init("country_id", .string(source.country)))
        for name in ["city", "street"] {
            if let text = source.details[name] { members.append(.init(name, .string(text))) }
        }
        members += [
            .init("postcode", .string(source.postcode)), .init("use_default_carrier_config", true),
            .init("carrier_links", []),
            .init(
                "extension_attributes",
                ["is_pickup_location_active": false, "frontend_name": .string(source.frontendName)]),
        ]
        return .object(members)
    }
}
