package import Domain

/// Customers. A save merges what is sent; only a list of addresses replaces all there are (contract 5.5).
package struct Customers: Sendable {
    private let transport: any ShopTransport
    private let size: PageSize

    package init(_ transport: any ShopTransport, pageRows: Int = 100) {
        self.transport = transport
        size = PageSize(pageRows)
    }

    /// What a search goes by.
    package enum Property: Hashable, Sendable {
        case email
        /// One of the shop's own attributes, by its code.
        case attribute(String)

        var field: String {
            switch self {
            case .email: "email"
            case .attribute(let code): code
            }
        }
    }

    /// The customers of a website with one of these values, letter case aside; in the order of their ids within each part of a
    /// long list. Throws `Diagnostic`.
    package func find(_ values: some Collection<String>, in property: Property, website: Int) async throws -> [Customer] {
        var found: [Customer] = []
        for filter in SearchChunks.split(values, field: property.field) {
            try await pages([filter, Self.website(website)]) { customers, _ in found += customers }
        }
        return found
    }

    /// Every customer of a website, by ascending id. Throws `Diagnostic`.
    package func all(website: Int, _ visit: ([Customer]) async throws -> Void) async throws {
        try await pages([Self.website(website)]) { customers, _ in try await visit(customers) }
    }

    /// Customers changed or made at or after these times, by ascending id. Empty `websites`: of all.
    ///
    /// - Returns: the shop's time when the sweep began, as its answers state it. Throws `Diagnostic`.
    package func sweep(
        changedSince changed: UTCInstant?, createdSince created: UTCInstant?, websites: [Int], _ visit: ([Customer]) async throws -> Void
    ) async throws -> UTCInstant? {
        var filters: [SearchQuery.Filter] = []
        if let changed { filters.append(.init("updated_at", .greaterOrEqual, ShopTime.text(changed))) }
        if let created { filters.append(.init("created_at", .greaterOrEqual, ShopTime.text(created))) }
        if !websites.isEmpty { filters.append(.init("website_id", .oneOf, websites.map(String.init).joined(separator: ","))) }
        var began: UTCInstant?
        try await pages(filters) { customers, time in
            began = began ?? time
            try await visit(customers)
        }
        return began
    }

    /// The customers with these ids as they are now. One that is not there is left out. Throws `Diagnostic`.
    package func find(ids: [Int]) async throws -> [Customer] {
        var found: [Customer] = []
        for filter in SearchChunks.split(ids.map(String.init), field: "entity_id") {
            try await pages([filter]) { customers, _ in found += customers }
        }
        return found
    }

    /// Makes a customer; the shop sends the letter by which a new customer chooses a password. Its e-mail address can be taken only
    /// once on a website, so a second call makes no second customer; still, after a doubt look first.
    package func submit(_ fields: CustomerFields, website: Int) async -> Answer {
        var members = fields.members
        members["website_id"] = .number(String(website))
        let body = JSON.object(["customer": .object(members)]).bytes
        return await transport.send(ShopCall(.post, ["customers"], body: body, effect: .once, expects: .object))
    }

    /// Saves exactly these fields. The members that some releases demand go along as they are.
    package func save(_ customer: Customer, _ fields: CustomerFields) async -> Answer {
        let known: JSONObject = [
            "id": .number(String(customer.id)), "email": .string(customer.email), "firstname": .string(customer.firstName),
            "lastname": .string(customer.lastName), "website_id": .number(String(customer.website)),
        ]
        let body = JSON.object(["customer": .object(known.merging(fields.members))]).bytes
        return await transport.send(
            ShopCall(.put, ["customers", String(customer.id)], route: "customers/:id", body: body, effect: .absolute, expects: .object))
    }

    private static func website(_ id: Int) -> SearchQuery.Filter { .init("website_id", .equal, String(id)) }

    /// Keyset paging: what is written meanwhile neither hides nor doubles a row.
    private func pages(
        _ filters: [SearchQuery.Filter], _ visit: ([Customer], UTCInstant?) async throws -> Void
    ) async throws {
        var last: Int?
        while true {
            let after = last.map { [SearchQuery.Filter("entity_id", .greater, String($0))] } ?? []
            var asked = 0
            let page = try await transport.searchPage(["customers", "search"], size) { rows in
                asked = rows
                return SearchQuery(filters + after, sort: "entity_id", pageSize: rows)
            }
            let customers = page.items.compactMap(Customer.init)
            guard customers.count == page.items.count, zip(customers, customers.dropFirst()).allSatisfy({ $0.id < $1.id }),
                (customers.first?.id ?? .max) > (last ?? .min)
            else {
                throw Diagnostic(
                    "SHOP-MALFORMED", "A customer came without its id, address or group, or out of order",
                    fix: "Look for a module that changes customer searches", kind: .transient)
            }
            try await visit(customers, page.serverTime)
            guard page.items.count >= asked, let end = customers.last?.id else { return }
            last = end
        }
    }
}
