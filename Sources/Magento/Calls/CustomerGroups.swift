import Domain

/// The shop's customer groups: trade prices hang on their names, and the names can be changed by anybody in the admin.
package struct CustomerGroups: Sendable {
    package struct Group: Hashable, Sendable {
        package var id: Int
        package var code: String

        package init(id: Int, code: String) {
            self.id = id
            self.code = code
        }
    }

    /// Guests. Whatever is priced for them everybody sees.
    package static let guests = 0
    /// The id of "all groups".
    package static let everyone = 32000

    private let transport: any ShopTransport
    private let size = PageSize(200)

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// By ascending id. Throws `Diagnostic`.
    package func all() async throws -> [Group] {
        var groups: [Group] = []
        var page = 1
        while true {
            var asked = 0
            let items = try await transport.search(["customerGroups", "search"], size) { rows in
                asked = rows
                return SearchQuery(sort: "id", pageSize: rows, page: page)
            }
            let found = items.compactMap { json -> Group? in
                guard let id = json["id"]?.whole, let code = json["code"]?.text else { return nil }
                return Group(id: id, code: code)
            }
            guard found.count == items.count else {
                throw Diagnostic(
                    "SHOP-MALFORMED", "A customer group came without id or code",
                    fix: "Look for a module that changes customer groups", kind: .transient)
            }
            groups += found
            guard items.count >= asked else { return groups.sorted { $0.id < $1.id } }
            page += 1
        }
    }
}
