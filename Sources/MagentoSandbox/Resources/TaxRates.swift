package struct TaxRate: Hashable, Sendable {
    package var id: Int
    package var country: String
    package var postcode = "*"
    package var rate: Money
    package var code: String

    package init(id: Int, country: String, rate: Money, code: String) {
        self.id = id
        self.country = country
        self.rate = rate
        self.code = code
    }
}

package struct TaxRule: Hashable, Sendable {
    package var id: Int
    package var code: String
    package var customerClasses: [Int]
    package var productClasses: [Int]
    package var rates: [Int]

    package init(id: Int, code: String, customerClasses: [Int], productClasses: [Int], rates: [Int]) {
        self.id = id
        self.code = code
        self.customerClasses = customerClasses
        self.productClasses = productClasses
        self.rates = rates
    }
}

/// Tax rates and the rules that put them to use.
enum TaxRates {
    private static let access = Route.Access.resource("Magento_Tax::manage_tax")

    static let routes = [
        Route("GET", "taxRates/search", access) { (state, call) throws(ShopError) in
            try SearchResult.json(rateSearch, over: { _ in state.taxRates }, call.query, limits: state.limits, row: json)
        },
        Route("POST", "taxRates", access) { (state, call) throws(ShopError) in
            let body = try call.required("taxRate")
            guard let rate = body.field("rate")?.money else { throw .required("rate") }
            // Two rates come with every installation.
            var created = TaxRate(
                id: max(2, state.taxRates.map(\.id).max() ?? 2) + 1, country: body.field("tax_country_id")?.text ?? "", rate: rate,
                code: body.field("code")?.text ?? "")
            created.postcode = body.field("tax_postcode")?.text ?? "*"
            state.taxRates.append(created)
            return json(created)
        },
        Route("GET", "taxRules/search", access) { (state, call) throws(ShopError) in
            try SearchResult.json(ruleSearch, over: { _ in state.taxRules }, call.query, limits: state.limits, row: json)
        },
        Route("POST", "taxRules", access) { (state, call) throws(ShopError) in
            let body = try call.required("rule")
            let created = TaxRule(
                id: (state.taxRules.map(\.id).max() ?? 0) + 1, code: body.field("code")?.text ?? "",
                customerClasses: body.wholes("customer_tax_class_ids"), productClasses: body.wholes("product_tax_class_ids"),
                rates: body.wholes("tax_rate_ids"))
            state.taxRules.append(created)
            return json(created)
        },
    ]

    private static let rateSearch = Search<TaxRate>(
        fields: [
            "id": .number { Quantity(Int64($0.id)) }, "code": .text { $0.code }, "tax_country_id": .text { $0.country },
            "rate": .number { Quantity(tenThousandths: $0.rate.millionths / 100) },
        ],
        unknownField: { _ in .internal(report: "6b00f2cd2cb9c") })
    private static let ruleSearch = Search<TaxRule>(
        fields: ["id": .number { Quantity(Int64($0.id)) }, "code": .text { $0.code }],
        unknownField: { _ in .internal(report: "6b00f2cd2cb9d") })

    private static func json(_ rate: TaxRate) -> JSONValue {
        [
            "id": JSONValue(rate.id), "tax_country_id": .string(rate.country), "tax_region_id": 0, "tax_postcode": .string(rate.postcode),
            "rate": .number(rate.rate.number), "code": .string(rate.code), "titles": [],
        ]
    }

    private static func json(_ rule: TaxRule) -> JSONValue {
        let list = { (ids: [Int]) in JSONValue.array(ids.map { JSONValue($0) }) }
        return [
            "id": JSONValue(rule.id), "code": .string(rule.code), "priority": 0, "position": 0,
            "customer_tax_class_ids": list(rule.customerClasses), "product_tax_class_ids": list(rule.productClasses),
            "tax_rate_ids": list(rule.rates), "calculate_subtotal": false,
        ]
    }
}

extension ShopState {
    /// The rate that a rule puts on goods sent to `country`; `nil` where there is none.
    func taxPercent(country: String) -> Money? { appliedRate(country)?.rate }
    var taxCode: String { appliedRate(configuration.homeCountry)?.code ?? "VAT" }

    private func appliedRate(_ country: String) -> TaxRate? {
        let used = Set(taxRules.flatMap(\.rates))
        return taxRates.first { used.contains($0.id) && $0.country == country }
    }
}

extension JSONValue {
    /// An amount, written as a number or as text.
    var money: Money? {
        switch self {
        case .number(let digits), .string(let digits): Money(numeric: digits)
        case .bool, .null, .array, .object: nil
        }
    }

    func wholes(_ name: String) -> [Int] { field(name)?.elements?.compactMap(\.whole) ?? [] }
}
