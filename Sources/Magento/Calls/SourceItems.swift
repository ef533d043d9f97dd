import Domain
import Foundation

/// `inventory/source-items`. Quantities are absolute, so saving twice is saving once.
package struct SourceItems: Sendable {
    /// Rows of a page of everything: on a live shop 5,000 rows take 0.14 s, 1,000 take 0.06.
    package static let wholePage = 5000

    let transport: any ShopTransport
    /// Of searches for named SKUs.
    private let size: PageSize
    let wholeSize: PageSize

    package init(_ transport: any ShopTransport, pageRows: Int = 1000, wholePageRows: Int = Self.wholePage) {
        self.transport = transport
        size = PageSize(pageRows)
        wholeSize = PageSize(wholePageRows)
    }

    /// All or nothing, and without a word about which line was wrong. The shop takes SKUs it does not have: check first.
    package func save(_ items: [SourceItem]) async -> Answer {
        var body = JSONText(expecting: 32 + items.count * 96)
        body.raw("{\"sourceItems\":")
        body.list(items) { text, item in
            text.raw("{\"sku\":")
            text.string(item.sku)
            text.raw(",\"source_code\":")
            text.string(item.source)
            text.raw(",\"quantity\":")
            text.number(item.quantity)
            text.raw(",\"status\":")
            text.number(item.isInStock ? "1" : "0")
            text.raw("}")
        }
        body.raw("}")
        return await transport.send(
            ShopCall(.post, ["inventory", "source-items"], body: body.bytes, effect: .absolute, expects: .emptyList))
    }

    /// Pairs that do not exist are ignored. Never while orders are open: it distorts what is salable.
    package func delete(_ pairs: [(sku: String, source: String)]) async -> Answer {
        var body = JSONText()
        body.raw("{\"sourceItems\":")
        body.list(pairs) { text, pair in
            text.raw("{\"sku\":")
            text.string(pair.sku)
            text.raw(",\"source_code\":")
            text.string(pair.source)
            text.raw("}")
        }
        body.raw("}")
        return await transport.send(
            ShopCall(.post, ["inventory", "source-items-delete"], body: body.bytes, effect: .absolute, expects: .emptyList))
    }

    /// The rows of `skus` at `sources`, in no particular order. Throws `Diagnostic`.
    package func find(_ skus: [String], sources: [String]) async throws -> [SourceItem] {
        try await inFlight(ExistingProducts.callsInFlight, SKUChunks.split(skus)) { filter in
            var found: [SourceItem] = []
            var last: String?
            while true {
                let after = last.map { [SearchQuery.Filter("sku", .greater, $0)] } ?? []
                let page = try await page([filter, Self.filter(sources)] + after, size)
                found += page.items
                guard let end = page.end else { return found }
                guard end != last else { throw Self.noProgress }
                last = end
            }
        }.flatMap { $0 }
    }

    static func filter(_ sources: [String]) -> SearchQuery.Filter {
        SearchQuery.Filter("source_code", .oneOf, sources.joined(separator: ","))
    }

    struct Page: Sendable {
        var items: [SourceItem]
        /// Behind which SKU the next page begins; `nil` for the last page.
        var end: String?
        var total: Int?
    }

    /// Rows by ascending SKU, rows of one SKU never torn apart.
    func page(_ filters: [SearchQuery.Filter], _ size: PageSize) async throws -> Page {
        var asked = 0
        let found = try await transport.searchPage(["inventory", "source-items"], size) { rows in
            asked = rows
            return SearchQuery(filters, sort: "sku", pageSize: rows, fields: "items[sku,source_code,quantity,status],total_count")
        }
        let items = found.items.compactMap(SourceItem.init)
        guard items.count == found.items.count else { throw Self.unreadable }
        guard items.count >= asked else { return Page(items: items, end: nil, total: found.total) }
        let complete = Self.dropLastSKU(items)
        guard let end = complete.last?.sku else { throw Self.tooManySources(asked) }
        return Page(items: complete, end: end, total: found.total)
    }

    /// The last SKU of a full page may go on at the next one.
    private static func dropLastSKU(_ items: [SourceItem]) -> [SourceItem] {
        guard let last = items.last.map({ collated($0.sku) }) else { return items }
        return Array(items.reversed().drop { collated($0.sku) == last }.reversed())
    }

    /// SKUs that the database's collation takes for one: accents count for it as little as letter case.
    private static func collated(_ sku: String) -> String {
        sku.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }

    private static let unreadable = Diagnostic(
        "SHOP-MALFORMED", "A source item came without sku, source_code, quantity or status",
        fix: "Look for a module that changes inventory answers", kind: .transient)
    static let noProgress = Diagnostic(
        "SHOP-MALFORMED", "The shop gives the same page again", fix: "Look for a module that changes searches", kind: .transient)
    private static func tooManySources(_ rows: Int) -> Diagnostic {
        Diagnostic(
            "SHOP-PAGE-LIMIT", "A page of \(rows) rows does not hold one SKU's sources",
            fix: "Raise Stores > Configuration > Services > Web API > Maximum Page Size")
    }
}
