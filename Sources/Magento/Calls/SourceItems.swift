import Domain
import Foundation

/// `inventory/source-items`. Quantities are absolute, so saving twice is saving once.
package struct SourceItems: Sendable {
    private let transport: any ShopTransport
    private let size: PageSize

    package init(_ transport: any ShopTransport, pageRows: Int = 1000) {
        self.transport = transport
        size = PageSize(pageRows)
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
            try await pages([filter, Self.filter(sources)]) { found += $0 }
            return found
        }.flatMap { $0 }
    }

    /// Every row of `sources`, page by page, rows of one SKU never torn apart. Keyset paging: what is written meanwhile
    /// neither hides nor doubles a row. Throws `Diagnostic`.
    package func all(sources: [String], _ visit: ([SourceItem]) async throws -> Void) async throws {
        try await pages([Self.filter(sources)], visit)
    }

    private static func filter(_ sources: [String]) -> SearchQuery.Filter {
        SearchQuery.Filter("source_code", .oneOf, sources.joined(separator: ","))
    }

    private func pages(_ filters: [SearchQuery.Filter], _ visit: ([SourceItem]) async throws -> Void) async throws {
        var last: String?
        while true {
            let after = last.map { [SearchQuery.Filter("sku", .greater, $0)] } ?? []
            var asked = 0
            let json = try await transport.search(["inventory", "source-items"], size) { rows in
                asked = rows
                return SearchQuery(
                    filters + after, sort: "sku", pageSize: rows, fields: "items[sku,source_code,quantity,status],total_count")
            }
            let items = json.compactMap(SourceItem.init)
            guard items.count == json.count else { throw Self.unreadable }
            guard items.count >= asked else {
                if !items.isEmpty { try await visit(items) }
                return
            }
            let complete = Self.dropLastSKU(items)
            guard let end = complete.last?.sku else { throw Self.tooManySources(asked) }
            guard end != last else { throw Self.noProgress }
            last = end
            try await visit(complete)
        }
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
    private static let noProgress = Diagnostic(
        "SHOP-MALFORMED", "The shop gives the same page again", fix: "Look for a module that changes searches", kind: .transient)
    private static func tooManySources(_ rows: Int) -> Diagnostic {
        Diagnostic(
            "SHOP-PAGE-LIMIT", "A page of \(rows) rows does not hold one SKU's sources",
            fix: "Raise Stores > Configuration > Services > Web API > Maximum Page Size")
    }
}
