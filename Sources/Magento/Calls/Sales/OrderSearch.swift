package import Domain

/// Reading orders: `GET orders`. Nothing here changes one.
package struct OrderSearch: Sendable {
    /// What a sweep asks for: enough to tell whether an order is due. The projection saves bytes, not the shop's time.
    package static let sightingFields =
        "items[entity_id,increment_id,state,status,store_id,created_at,updated_at,payment[method]],total_count"

    /// What tells the goods that are reserved for an order.
    package static let reservationFields =
        "items[entity_id,increment_id,state,status,items[item_id,parent_item_id,sku,product_id,product_type,is_virtual,is_qty_decimal,"
        + "price,qty_ordered,qty_invoiced,qty_shipped,qty_refunded,qty_canceled,product_option]],total_count"

    /// What tells whether something of an order was cancelled or refunded.
    package static let reductionFields =
        "items[entity_id,increment_id,state,created_at,updated_at,items[item_id,qty_refunded,qty_canceled]],total_count"

    private let transport: any ShopTransport
    /// The first page of a sweep: as a rule it is the only one, and while it is read no other can be.
    private let opening: PageSize
    private let sightings: PageSize
    private let documents: PageSize

    package init(_ transport: any ShopTransport, sightingRows: Int = 200, orderRows: Int = 50) {
        self.transport = transport
        opening = PageSize(min(50, sightingRows))
        sightings = PageSize(sightingRows)
        documents = PageSize(orderRows)
    }

    /// Which orders a sweep sees.
    package struct Range: Hashable, Sendable {
        /// At or after, by the shop's clock.
        package var changedSince: UTCInstant?
        package var createdSince: UTCInstant?
        /// Empty: any.
        package var states: [String]
        /// Empty: any. The store in the path of the call filters nothing.
        package var stores: [Int]

        package init(changedSince: UTCInstant? = nil, createdSince: UTCInstant? = nil, states: [String] = [], stores: [Int] = []) {
            self.changedSince = changedSince
            self.createdSince = createdSince
            self.states = states
            self.stores = stores
        }

        fileprivate var filters: [SearchQuery.Filter] {
            var filters: [SearchQuery.Filter] = []
            if let changedSince { filters.append(.init("updated_at", .greaterOrEqual, ShopTime.text(changedSince))) }
            if let createdSince { filters.append(.init("created_at", .greaterOrEqual, ShopTime.text(createdSince))) }
            if !states.isEmpty { filters.append(.init("state", .oneOf, states.joined(separator: ","))) }
            if !stores.isEmpty { filters.append(.init("store_id", .oneOf, stores.map(String.init).joined(separator: ","))) }
            return filters
        }
    }

    /// What a count asks for: how far an order has come and what it comes to.
    private static let countedFields =
        "items[entity_id,increment_id,state,status,store_id,created_at,updated_at,payment[method],grand_total,total_invoiced,"
        + "total_refunded,items[qty_shipped]],total_count"

    /// Hands over every order of the range by ascending id, in part only (see `sightingFields`). Keyset paging: what is written
    /// meanwhile neither hides nor doubles a row (reliability F72).
    ///
    /// - Returns: the shop's time when the sweep began, as its answers state it. Throws `Diagnostic`.
    package func sweep(
        _ range: Range, fields: String = OrderSearch.sightingFields, _ visit: ([JSON]) async throws -> Void
    ) async throws -> UTCInstant? {
        try await pages(range.filters, { _ in fields }, visit)
    }

    /// The same, where what is asked for depends on how many orders there are: `nil` for the first page, on which nobody knows.
    package func sweep(
        _ range: Range, fields: (_ total: Int?) -> String, _ visit: ([JSON]) async throws -> Void
    ) async throws -> UTCInstant? {
        try await pages(range.filters, fields, visit)
    }

    /// Hands over every order that was placed at or after `from` and before `to`, by ascending id, in part only (see
    /// `countedFields`). Throws `Diagnostic`.
    package func count(
        placedFrom from: UTCInstant, to: UTCInstant, stores: [Int], _ visit: ([JSON]) async throws -> Void
    ) async throws {
        let filters = Range(createdSince: from, stores: stores).filters + [.init("created_at", .less, ShopTime.text(to))]
        _ = try await pages(filters, { _ in Self.countedFields }, visit)
    }

    /// So many pages of orders are in flight; a shop with two cores gains nothing from more.
    private static let together = 2

    private struct Page: Sendable {
        var items: [JSON]
        var ids: [Int]
        var total: Int?
        var isFull: Bool
        var serverTime: UTCInstant?
    }

    /// A page of the orders whose ids are above `last` and, where it is given, below `end`.
    private func page(
        _ filters: [SearchQuery.Filter], _ fields: String, after last: Int?, before end: Int? = nil, _ size: PageSize? = nil
    ) async throws -> Page {
        let bounds =
            (last.map { [SearchQuery.Filter("entity_id", .greater, String($0))] } ?? [])
            + (end.map { [SearchQuery.Filter("entity_id", .less, String($0))] } ?? [])
        var asked = 0
        let page = try await transport.searchPage(["orders"], size ?? sightings) { rows in
            asked = rows
            return SearchQuery(filters + bounds, sort: "entity_id", pageSize: rows, fields: fields)
        }
        let ids = page.items.compactMap { $0["entity_id"]?.whole }
        guard ids.count == page.items.count, zip(ids, ids.dropFirst()).allSatisfy(<), (ids.first ?? .max) > (last ?? .min) else {
            throw Diagnostic(
                "SHOP-MALFORMED", "An order came without its id, or out of order",
                fix: "Look for a module that changes order searches", kind: .transient)
        }
        return Page(items: page.items, ids: ids, total: page.total, isFull: page.items.count >= asked, serverTime: page.serverTime)
    }

    /// The first page tells how many there are and how close their ids are. What is left is read in stretches of ids, several in flight, each
    /// by keyset like the whole: a stretch that holds more than was thought takes more pages, and behind the last one it goes on page by page.
    private func pages(
        _ filters: [SearchQuery.Filter], _ wanted: (Int?) -> String, _ visit: ([JSON]) async throws -> Void
    ) async throws -> UTCInstant? {
        let rows = opening.rows
        let first = try await page(filters, wanted(nil), after: nil, opening)
        // A limit of the shop's counts for all pages.
        if opening.rows < rows { sightings.limit(to: opening.rows) }
        if !first.items.isEmpty { try await visit(first.items) }
        guard first.isFull, let start = first.ids.first, var last = first.ids.last else { return first.serverTime }
        let fields = wanted(first.total)
        let width = max(1, (last - start + 1) * sightings.rows / first.items.count)
        var stretches = (max(0, (first.total ?? 0) - first.items.count) + sightings.rows - 1) / sightings.rows
        while stretches > 1 {
            let number = min(stretches, Self.together * 4)
            let ends = (0..<number).map { (after: last + $0 * width, before: last + ($0 + 1) * width + 1) }
            for orders in try await inFlight(Self.together, ends, { try await whole(filters, fields, after: $0.after, before: $0.before) })
            where !orders.isEmpty {
                try await visit(orders)
            }
            last += number * width
            stretches -= number
        }
        while true {
            let page = try await page(filters, fields, after: last)
            if !page.items.isEmpty { try await visit(page.items) }
            guard page.isFull, let end = page.ids.last else { return first.serverTime }
            last = end
        }
    }

    private func whole(_ filters: [SearchQuery.Filter], _ fields: String, after start: Int, before end: Int) async throws -> [JSON] {
        var orders: [JSON] = []
        var last = start
        while true {
            let page = try await page(filters, fields, after: last, before: end)
            orders += page.items
            // As a rule a stretch holds just what it was made for, and the page says that there is no more.
            guard page.isFull, page.total ?? .max > page.items.count, let reached = page.ids.last else { return orders }
            last = reached
        }
    }

    /// The orders of these numbers, in part only. One that is not there is left out. Throws `Diagnostic`.
    package func find(numbers: some Collection<String>, fields: String) async throws -> [JSON] {
        try await transport.all(["orders"], documents, chunks: SearchChunks.split(numbers, field: "increment_id"), fields: fields)
    }

    /// The orders with these ids as they are now. One that is not there is left out. Throws `Diagnostic`.
    ///
    /// - Parameter fields: `nil`: whole.
    package func find(_ ids: [Int], fields: String? = nil) async throws -> [JSON] {
        let size = max(1, documents.rows)
        let parts = stride(from: 0, to: ids.count, by: size).map { Array(ids[$0..<min($0 + size, ids.count)]) }
        return try await inFlight(Self.together, parts) { try await part($0, fields) }.flatMap { $0 }
    }

    private func part(_ ids: [Int], _ fields: String?) async throws -> [JSON] {
        var found: [JSON] = []
        var rest = ids[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(documents.rows)
            let orders = try await transport.search(["orders"], documents) { rows in
                let wanted = chunk.prefix(rows).map(String.init).joined(separator: ",")
                return SearchQuery([.init("entity_id", .oneOf, wanted)], sort: "entity_id", pageSize: rows, fields: fields)
            }
            found += orders
            rest = rest.dropFirst(min(chunk.count, documents.rows))
        }
        return found
    }
}
