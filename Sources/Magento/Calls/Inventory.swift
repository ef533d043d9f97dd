import Domain

/// Sources, stocks and their links.
package struct Inventory: Sendable {
    package struct Source: Hashable, Sendable {
        package var code: String
        package var name: String
        package var isEnabled: Bool
    }

    package struct Link: Hashable, Sendable {
        package var stockID: Int
        package var source: String
    }

    package struct Stock: Hashable, Sendable {
        package var id: Int
        package var name: String
        /// Websites that sell from it, by code.
        package var websites: [String]
    }

    private let transport: any ShopTransport
    private let size = PageSize(300)

    package init(_ transport: any ShopTransport) { self.transport = transport }

    package func sources() async throws -> [Source] {
        try await rows("sources", sort: "source_code").compactMap { json in
            guard let code = json["source_code"]?.text else { return nil }
            return Source(code: code, name: json["name"]?.text ?? code, isEnabled: json["enabled"] == .bool(true))
        }
    }

    package func stocks() async throws -> [Stock] {
        try await rows("stocks", sort: "stock_id").compactMap { json in
            guard let id = json["stock_id"]?.whole else { return nil }
            let channels = json["extension_attributes"]?["sales_channels"]?.elements ?? []
            return Stock(
                id: id, name: json["name"]?.text ?? "", websites: channels.filter { $0["type"]?.text == "website" }.compactMap { $0["code"]?.text })
        }
    }

    package func links() async throws -> [Link] {
        try await rows("stock-source-links", sort: "source_code").compactMap { json in
            guard let stock = json["stock_id"]?.whole, let source = json["source_code"]?.text else { return nil }
            return Link(stockID: stock, source: source)
        }
    }

    private func rows(_ resource: String, sort: String) async throws -> [JSON] {
        var rows: [JSON] = []
        var page = 1
        while true {
            var asked = 0
            let items = try await transport.search(["inventory", resource], size) { size in
                asked = size
                return SearchQuery(sort: sort, pageSize: size, page: page)
            }
            rows += items
            guard items.count >= asked else { return rows }
            page += 1
        }
    }
}
