/// Tax classes of products and of customer groups.
enum TaxClasses {
    static let routes = [
        Route("GET", "taxClasses/search", .resource("Magento_Tax::manage_tax")) { (state, call) throws(ShopError) in
            try SearchResult.json(search, over: { _ in state.taxClasses }, call.query, limits: state.limits, row: json)
        }
    ]

    private static let search = Search<TaxClass>(
        fields: [
            "class_id": .number { Quantity(Int64($0.id)) }, "class_name": .text { $0.name },
            "class_type": .text { $0.kind.rawValue },
        ],
        unknownField: { _ in .internal(report: "6b00f2cd2cb9b") })

    private static func json(_ tax: TaxClass) -> JSONValue {
        ["class_id": JSONValue(tax.id), "class_name": .string(tax.name), "class_type": .string(tax.kind.rawValue)]
    }
}
