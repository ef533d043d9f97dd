/// Product attributes and attribute sets: what option ids mean.
enum Attributes {
    private static let access = Route.Access.resource("Magento_Catalog::attributes_attributes")
    private static let sets = Route.Access.resource("Magento_Catalog::sets")

    static let routes = [
        Route("GET", "products/attributes/:code", access) { (state, call) throws(ShopError) in
            guard let attribute = state.attributes.first(where: { $0.code == call.variable("code") }) else {
                throw .unknownAttribute(call.variable("code"))
            }
            return [
                "attribute_code": .string(attribute.code), "frontend_input": .string(attribute.input.rawValue),
                "options": .array(options(attribute)),
            ]
        },
        Route("GET", "products/attributes/:code/options", access) { (state, call) throws(ShopError) in
            guard let attribute = state.attributes.first(where: { $0.code == call.variable("code") }) else {
                throw .unknownAttribute(call.variable("code"))
            }
            return .array(options(attribute))
        },
        Route("GET", "products/attribute-sets/sets/list", sets) { (state, call) throws(ShopError) in
            try SearchResult.json(search, over: { _ in ["Default"] }, call.query, limits: state.limits, row: json)
        },
        Route("GET", "eav/attribute-sets/list", sets) { (state, call) throws(ShopError) in
            try SearchResult.json(search, over: { _ in ["Default"] }, call.query, limits: state.limits, row: json)
        },
    ]

    private static let search = Search<String>(
        fields: ["attribute_set_id": .number { _ in Quantity(4) }, "attribute_set_name": .text { $0 }],
        unknownField: { .invalidAttribute($0) })

    private static func json(_ name: String) -> JSONValue {
        ["attribute_set_id": 4, "attribute_set_name": .string(name), "sort_order": 1, "entity_type_id": 4]
    }

    /// A list starts with a blank choice.
    private static func options(_ attribute: CatalogueAttribute) -> [JSONValue] {
        switch attribute.input {
        case .text, .price: []
        case .boolean: [["label": "Yes", "value": "1"], ["label": "No", "value": "0"]]
        case .select:
            [["label": " ", "value": ""]] + attribute.options.map { ["label": .string($0.label), "value": .string(String($0.id))] }
        }
    }
}
