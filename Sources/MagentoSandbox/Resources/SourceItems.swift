/// `inventory/source-items`: absolute quantities per SKU and source. The SKU is not looked up in the catalogue, every
/// problem is reported without naming its line, and one bad line keeps the whole batch out.
enum SourceItems {
    private static let access = Route.Access.resource("Magento_InventoryApi::stock_source_item_assign")
    private static let type = "\\Magento\\InventoryApi\\Api\\Data\\SourceItemInterface"

    static let routes = [
        Route("GET", "inventory/source-items", .resource("Magento_InventoryApi::source")) { (state, call) throws(ShopError) in
            let criteria = try SearchCriteria.parse(call.query, limits: state.limits)
            if state.exhaustsScan((criteria.wantedSKUs ?? []).sorted()) { throw .internal(report: "6b0cc113af5f1") }
            if let stretch = SourceItemTable.Stretch(criteria), let last = criteria.lastRow, let size = criteria.pageSize {
                let count = min(size, SearchCriteria.mostRows)
                let (page, total) = state.sourceItems.page(stretch, first: last - count, count: count)
                return ["items": .array(page.map(json)), "search_criteria": criteria.echo, "total_count": JSONValue(total)]
            }
            let table = state.sourceItems
            return try SearchResult.json(
                search, over: { $0.map(table.rows(foldedSKUs:)) ?? table.rows }, call.query, limits: state.limits, row: json)
        },
        Route("POST", "inventory/source-items", access) { (state, call) throws(ShopError) in
            try save(&state, &call)
        },
        Route("POST", "inventory/source-items-delete", access) { (state, call) throws(ShopError) in
            let items = try drafts(call.required("sourceItems"), limits: state.limits)
            guard !items.isEmpty else { throw .inputEmpty }
            state.sourceItems.delete(items.map { ($0.sku ?? "", $0.source ?? "") })
            for item in items { call.committed.append(JournalItem(key: "\(item.sku ?? "")@\(item.source ?? "")", value: "deleted")) }
            return []
        },
    ]

    private static let search = Search<SourceItemTable.Row>(
        fields: [
            "sku": .folded { $0.folded }, "source_code": .folded { $0.foldedSource }, "quantity": .number { $0.quantity },
            "status": .number { Quantity($0.isInStock ? 1 : 0) }, "source_item_id": .number { Quantity(Int64($0.id)) },
        ],
        unknownField: { _ in .internal(report: "6b00f2cd2cb97") }
    )

    private static func json(_ row: SourceItemTable.Row) -> JSONValue {
        [
            "sku": .string(row.sku), "source_code": .string(row.source), "quantity": .number(row.quantity.number),
            "status": row.isInStock ? 1 : 0,
        ]
    }

    private static func save(_ state: inout ShopState, _ call: inout RouteCall) throws(ShopError) -> JSONValue {
        let items = try drafts(call.required("sourceItems"), limits: state.limits)
        guard !items.isEmpty else { throw .inputEmpty }
        let problems = items.flatMap(\.problems)
        if let first = problems.first { throw .validation(problems.map(\.phrase), first: first.text) }
        let known = Set(state.sources.map { Collation.fold($0.code) })
        guard items.allSatisfy({ known.contains(Collation.fold($0.source ?? "")) }) else { throw .sourceItemNotSaved }
        guard !state.exhaustsScan(items.compactMap(\.sku)) else { throw .sourceItemNotSaved }
        for item in items {
            guard let sku = item.sku, let source = item.source, let quantity = item.quantity, let status = item.status else {
                continue
            }
            state.sourceItems.upsert(sku: sku, source: source, quantity: quantity, isInStock: status == 1)
            let stocks = state.links.filter { Collation.fold($0.source) == Collation.fold(source) }.map(\.stockID)
            state.stockIndex.touch(sku: sku, stocks: stocks)
            if source == "default", let product = state.catalogue[sku] {
                state.legacyStock[product.id] = LegacyStockItem(
                    quantity: quantity, isInStock: status == 1 && quantity > .zero)
            }
            call.committed.append(JournalItem(key: "\(sku)@\(source)", value: "\(quantity.number)/\(status)"))
        }
        return []
    }

    /// An object in place of the list is looped over as if its values were lines.
    private static func drafts(_ value: JSONValue, limits: InputLimits) throws(ShopError) -> [SourceItemDraft] {
        let lines: [JSONValue]
        switch value {
        case .array(let elements): lines = elements
        case .object(let members): lines = members.map(\.value)
        case .null, .bool, .number, .string: lines = []
        }
        if let maximum = limits.maximumItems, lines.count > maximum { throw .tooManyItems(type: type, maximum: maximum) }
        var drafts: [SourceItemDraft] = []
        for line in lines { drafts.append(try SourceItemDraft(line)) }
        return drafts
    }

    /// A float as Magento's input processor takes it: a number or a numeric text; null passes.
    static func quantity(_ value: JSONValue, field: String) throws(ShopError) -> Quantity? {
        switch value {
        case .number(let text), .string(let text):
            guard let quantity = Quantity(numeric: text) else { throw .type(field, value: text, expected: "float") }
            return quantity
        case .null: return nil
        case .bool, .array, .object: throw .type(field, value: "", expected: "float")
        }
    }
}

extension SourceItemTable.Stretch {
    /// `nil` where it asks for anything but a stretch of SKUs by ascending SKU.
    init?(_ criteria: SearchCriteria) {
        guard criteria.sortOrders.count == 1, let order = criteria.sortOrders.first, order.field == "sku", order.isAscending else { return nil }
        self.init()
        for group in criteria.groups where !group.isEmpty {
            guard group.count == 1, let filter = group.first else { return nil }
            let value = Collation.fold(filter.value)
            switch (filter.field, filter.condition) {
            case ("source_code", "in") where sources == nil:
                sources = Set(filter.value.split(separator: ",", omittingEmptySubsequences: false).map { Collation.fold(String($0)) })
            case ("sku", "gt") where lower == nil: lower = (value, false)
            case ("sku", "gteq") where lower == nil: lower = (value, true)
            case ("sku", "lt") where upper == nil: upper = (value, false)
            case ("sku", "lteq") where upper == nil: upper = (value, true)
            default: return nil
            }
        }
    }
}
