package import Domain
import Synchronization

/// How many rows to ask for at once; shrinks for good when the shop names a limit (reliability F71).
package final class PageSize: Sendable {
    private let current: Mutex<Int>

    package init(_ rows: Int) { current = Mutex(rows) }

    package var rows: Int { current.withLock { $0 } }

    package func limit(to maximum: Int) { current.withLock { $0 = max(1, min($0, maximum)) } }
}

extension ShopTransport {
    /// Runs a search, again with a smaller page where the shop has a limit. `make` is given the page size to use.
    package func search(
        _ path: [String], _ size: PageSize, root: ShopCall.Root = .api, _ make: (Int) -> SearchQuery
    ) async throws -> [JSON] {
        try await searchPage(path, size, root: root, make).items
    }

    /// The same, with how many there are in all, and the shop's own time of the answer.
    package func searchPage(
        _ path: [String], _ size: PageSize, root: ShopCall.Root = .api, _ make: (Int) -> SearchQuery
    ) async throws -> (items: [JSON], total: Int?, serverTime: UTCInstant?) {
        while true {
            let rows = size.rows
            let call = ShopCall(.get, path, query: make(rows).items, effect: .read, expects: .object, root: root)
            let answer = await send(call)
            if case .pageLimit(let maximum) = answer.refusal?.reason, maximum < rows {
                size.limit(to: maximum)
                continue
            }
            // An answer that is too large is asked for in halves. A page of half the size begins earlier than the one that was too large:
            // rows come twice then, and none is left out.
            if case .tooLarge = answer.refusal?.reason, rows > 1 {
                size.limit(to: rows / 2)
                continue
            }
            let payload = try answer.payload()
            return (try Self.items(of: payload.json), payload.json["total_count"]?.whole, payload.serverTime)
        }
    }

    /// "Nothing found" has to be said: an answer without `items` is none, or every SKU would look unknown.
    private static func items(of json: JSON) throws -> [JSON] {
        switch json["items"] {
        case .array(let items): return items
        // Under a projection an empty list arrives as null.
        case .null where (json["total_count"]?.whole ?? 0) == 0: return []
        case nil, .null, .bool, .number, .string, .object:
            throw Diagnostic(
                "SHOP-MALFORMED", "A search was answered without its items",
                fix: "Look for a module or a cache that changes the API's answers", kind: .transient)
        }
    }
}
