/// What the shop says of its own attributes of customers.
enum CustomerAttributes {
    static let routes = [
        Route("GET", "attributeMetadata/customer/attribute/:code", .anonymous) { (state, call) throws(ShopError) in
            let code = call.variable("code")
            guard state.customerAttributes.contains(code) else { throw .noSuchAttribute(code) }
            return metadata(code, state)
        },
        Route("GET", "attributeMetadata/customer/custom", .anonymous) { (state, _) throws(ShopError) in
            .array(state.keptCustomerAttributes.sorted().map { metadata($0, state) })
        },
    ]

    private static func metadata(_ code: String, _ state: ShopState) -> JSONValue {
        let choices = state.customerChoices[code] ?? [:]
        let options = choices.sorted { $0.key < $1.key }.map { label, id -> JSONValue in ["label": .string(label), "value": .string(id)] }
        return [
            "frontend_input": choices.isEmpty ? "text" : "select", "input_filter": "", "store_label": .string(code), "validation_rules": [],
            "multiline_count": 0, "visible": true, "required": false, "data_model": "",
            "options": .array(choices.isEmpty ? [] : [["label": " ", "value": ""]] + options), "frontend_class": "", "user_defined": true,
            "sort_order": 100, "frontend_label": .string(code), "note": "", "system": false, "backend_type": "varchar",
            "is_used_in_grid": false, "is_visible_in_grid": false, "is_filterable_in_grid": false, "is_searchable_in_grid": false,
            "attribute_code": .string(code),
        ]
    }
}

extension ShopState {
    /// What is in an attribute set, in a form or not.
    var keptCustomerAttributes: Set<String> { customerAttributes.subtracting(customerAttributesInNoSet) }
}

extension ShopError {
    fileprivate static func noSuchAttribute(_ code: String) -> ShopError {
        ShopError(
            404, "No such entity with %fieldName = %fieldValue, %field2Name = %field2Value",
            ["fieldName": "entityType", "fieldValue": "customer", "field2Name": "attributeCode", "field2Value": .string(code)])
    }
}
