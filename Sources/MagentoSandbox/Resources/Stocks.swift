/// `inventory/stocks` and the links from stocks to sources.
enum Stocks {
    static let routes = [
        Route("GET", "inventory/stocks", .resource("Magento_InventoryApi::stock")) { (state, call) throws(ShopError) in
            try SearchResult.json(stockSearch, over: { _ in state.stocks }, call.query, limits: state.limits, row: json)
        },
        Route("POST", "inventory/stocks", .resource("Magento_InventoryApi::stock_edit")) { (state, call) throws(ShopError) in
            let stock = try call.required("stock")
            let channels = stock.field("extension_attributes")?.field("sales_channels")?.elements ?? []
            let websites = channels.compactMap { $0.field("code")?.text }
            for index in state.stocks.indices { state.stocks[index].websites.removeAll { websites.contains($0) } }
            let id = (state.stocks.map(\.id).max() ?? 0) + 1
            state.stocks.append(InventoryStock(id: id, name: stock.field("name")?.text ?? "", websites: websites))
            return JSONValue(id)
        },
        Route("GET", "inventory/stock-source-links", .resource("Magento_InventoryApi::stock_source_link")) { (state, call) throws(ShopError) in
            try SearchResult.json(linkSearch, over: { _ in state.links }, call.query, limits: state.limits, row: json)
        },
        Route("POST", "inventory/stock-source-links", .resource("Magento_InventoryApi::stock_edit")) { (state, call) throws(ShopError) in
            let links = (try call.required("links").elements ?? []).map { line in
                StockSourceLink(
                    stockID: line.field("stock_id")?.whole ?? 0, source: line.field("source_code")?.text ?? "",
                    priority: line.field("priority")?.whole ?? 0
                )
            }
            // The default stock holds the default source and nothing else.
            guard links.allSatisfy({ ($0.stockID == 1) == ($0.source == "default") }) else { throw .defaultStockLink }
            for link in links {
                state.links.removeAll { $0.stockID == link.stockID && $0.source == link.source }
                state.links.append(link)
            }
            return []
        },
        Route("GET", "inventory/stock-resolver/:type/:code", .resource("Magento_InventorySalesApi::stock")) {
            (state, call) throws(ShopError) in
            guard let stock = state.stocks.first(where: { $0.websites.contains(call.variable("code")) }) else {
                throw .stockItemUnreadable
            }
            return json(stock)
        },
    ]

    private static let stockSearch = Search<InventoryStock>(
        fields: ["stock_id": .number { Quantity(Int64($0.id)) }, "name": .text { $0.name }],
        unknownField: { _ in .internal(report: "6b00f2cd2cb99") }
    )
    private static let linkSearch = Search<StockSourceLink>(
        fields: [
            "stock_id": .number { Quantity(Int64($0.stockID)) }, "source_code": .text { $0.source },
            "priority": .number { Quantity(Int64($0.priority)) },
        ],
        unknownField: { _ in .internal(report: "6b00f2cd2cb9a") }
    )

    private static func json(_ stock: InventoryStock) -> JSONValue {
        [
            "stock_id": JSONValue(stock.id), "name": .string(stock.name),
            "extension_attributes": [
                "sales_channels": .array(stock.websites.map { ["type": "website", "code": .string($0)] })
            ],
        ]
    }

    private static func json(_ link: StockSourceLink) -> JSONValue {
        [
            "stock_id": JSONValue(link.stockID), "source_code": .string(link.source), "priority": JSONValue(link.priority),
        ]
    }
}
