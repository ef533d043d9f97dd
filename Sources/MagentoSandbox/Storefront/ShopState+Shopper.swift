/// The shop's own pages and GraphQL: what guests and signed-in customers get.
extension ShopState {
    private static let guestGroup = 0

    /// Pages outside `/rest`. `now` in seconds since 1970.
    mutating func answerShopper(_ request: ShopRequest, now: Int64) -> ShopAnswer {
        let segments = request.path.split(separator: "/").map(String.init)
        if segments == ["graphql"], request.method == "POST" { return graphQL(request, now: now) }
        guard request.method == "GET", segments.count == 5, segments.starts(with: ["catalog", "product", "view"]) else {
            return .notFoundPage
        }
        let value = PercentCoding.decodeForm(segments[4])
        switch segments[3] {
        case "sku": return page(value, request, now: now)
        case "id": return page(catalogue.products.first { String($0.id) == value }?.sku ?? "", request, now: now)
        default: return .notFoundPage
        }
    }

    /// Tokens of customers make customers; every other token makes a stranger, whom GraphQL turns away.
    private func group(of request: ShopRequest) -> Int? {
        guard let header = request.headers["authorization"] else { return Self.guestGroup }
        guard header.lowercased().hasPrefix("bearer ") else { return nil }
        let token = String(header.dropFirst(7))
        return access.customerTokens[token] ?? customers.first { $0.id == access.customerSessions[token] }?.groupID
    }

    private func storeView(_ code: String?) -> StoreView? {
        let views = storeViews.filter { $0.id != 0 }
        guard let code else { return views.min { $0.id < $1.id } }
        return views.first { $0.code == code }
    }

    // MARK: The product page

    private mutating func page(_ sku: String, _ request: ShopRequest, now: Int64) -> ShopAnswer {
        let group = group(of: request) ?? Self.guestGroup
        let wanted = QueryTree.parse(request.query)["___store"]?.text
        guard let store = storeView(wanted), let product = catalogue[sku] else { return .notFoundPage }
        let key = Storefront.PageKey(target: request.target, store: store.id, group: group)
        if let kept = storefront.page(key) { return kept }
        guard let shown = shown(sku, store: store, group: group, now: now) else { return .notFoundPage }
        let answer = ShopAnswer.page(200, html(shown, store))
        storefront.keep(answer, of: product.id, at: key)
        return answer
    }

    private func html(_ shown: ShownPrice, _ store: StoreView) -> String {
        let offer: JSONValue = [
            "@context": "https://schema.org/", "@type": "Product", "name": .string(shown.name), "sku": .string(shown.sku),
            "offers": [
                "@type": "Offer", "price": .string(shown.final.shown),
                "priceCurrency": .string(configuration.displayCurrency),
            ],
        ]
        let tiers = shown.tiers.map {
            "<li class=\"item\">Buy \($0.quantity.number) for <span class=\"price\" data-price-amount=\"\($0.price.number)\">"
                + "\($0.price.shown)</span> each</li>"
        }
        let data = String(decoding: JSONWriter.bytes(offer), as: UTF8.self)
        return """
            <!doctype html>
            <html lang="en"><head><title>\(AnswerRenderer.escaped(shown.name))</title>
            <script type="application/ld+json">\(data)</script></head>
            <body class="catalog-product-view" data-store="\(store.code)"><ul class="prices-tier items">\(tiers.joined())</ul></body></html>

            """
    }

    // MARK: GraphQL

    private mutating func graphQL(_ request: ShopRequest, now: Int64) -> ShopAnswer {
        guard let group = group(of: request) else {
            return ShopAnswer(status: 401, json: Self.failure("The current customer isn't authorized.", "graphql-authorization"))
        }
        guard let store = storeView(request.headers["store"]) else {
            return ShopAnswer(status: 400, json: Self.failure("Requested store is not found", "graphql-input"))
        }
        guard let body = try? JSONParser.parse(request.body), let text = body["query"]?.text,
            let query = try? GraphQLQuery.parse(text, variables: body["variables"] ?? .null)
        else { return ShopAnswer(status: 400, json: Self.failure("Syntax Error", "graphql")) }
        var data: [JSONValue.Member] = []
        for field in query.fields {
            let value: JSONValue
            switch (query.operation, field.name) {
            case (.query, "products"): value = products(field, store: store, group: group, now: now)
            case (.mutation, "generateCustomerToken"):
                guard let token = signIn(field, store) else {
                    return ShopAnswer(status: 200, json: Self.failure(ShopError.signIn.phrase.message, "graphql-authentication"))
                }
                value = ["token": .string(token)]
            case (.query, let name), (.mutation, let name):
                let type = query.operation == .query ? "Query" : "Mutation"
                return ShopAnswer(
                    status: 400, json: Self.failure("Cannot query field \"\(name)\" on type \"\(type)\".", "graphql"))
            }
            data.append(.init(field.alias, field.select(from: value)))
        }
        return ShopAnswer(status: 200, json: ["data": .object(data)])
    }

    /// A token for a customer of the store view's website; `nil` where address and password are not theirs.
    private mutating func signIn(_ field: GraphQLQuery.Field, _ store: StoreView) -> String? {
        let email = field.arguments["email"]?.text?.lowercased() ?? ""
        guard let password = field.arguments["password"]?.text, access.customerPasswords[email] == password,
            let customer = customers.first(where: { $0.email.lowercased() == email && $0.websiteID == store.websiteID })
        else { return nil }
        let token = "sandbox-customer-\(access.customerSessions.count + 1)"
        access.customerSessions[token] = customer.id
        return token
    }

    private func products(_ field: GraphQLQuery.Field, store: StoreView, group: Int, now: Int64) -> JSONValue {
        let filter = field.arguments["filter"]?["sku"]
        let wanted = filter?["in"]?.elements ?? filter?["eq"].map { [$0] } ?? []
        let products = catalogue.products(foldedSKUs: Set(wanted.compactMap(\.text).map(Collation.fold)))
        let shown = products.compactMap { self.shown($0.sku, store: store, group: group, now: now) }
        let size = field.arguments["pageSize"]?.whole ?? 20
        let page = max(1, field.arguments["currentPage"]?.whole ?? 1)
        return [
            "total_count": JSONValue(shown.count),
            "items": .array(shown.dropFirst((page - 1) * size).prefix(size).map(json)),
        ]
    }

    private func json(_ shown: ShownPrice) -> JSONValue {
        func money(_ money: Money) -> JSONValue {
            ["value": .number(money.number), "currency": .string(configuration.displayCurrency)]
        }
        let price: JSONValue = ["regular_price": money(shown.regular), "final_price": money(shown.final)]
        return [
            "sku": .string(shown.sku), "name": .string(shown.name),
            "price_range": ["minimum_price": price, "maximum_price": price],
            "special_price": shown.special.map { .number($0.number) } ?? .null,
            "price_tiers": .array(
                shown.tiers.map { ["quantity": .number($0.quantity.number), "final_price": money($0.price)] }),
        ]
    }

    private static func failure(_ message: String, _ category: String) -> JSONValue {
        ["errors": [["message": .string(message), "extensions": ["category": .string(category)]]]]
    }
}
