package import Domain
import Synchronization

/// What the shop's index of stock says of a website's products, all of them in one answer: 0.12 s for 6,000. It is read as it comes in, whatever its
/// length: 45 MB for a million products.
///
/// Without what orders have reserved: a product that is sold out by them is on sale here. A product whose row the index has lost is not there, and
/// neither is one that was deleted (decision 0112).
package struct StockIndex: Sendable {
    package struct Row: Hashable, Sendable {
        package var sku: String
        package var isSalable: Bool
        /// Of the sources; `nil` for a product that has none of its own.
        package var quantity: ExactDecimal?

        init?(_ json: JSON) {
            guard let sku = json["sku"]?.text, case .bool(let isSalable)? = json["is_salable"] else { return nil }
            (self.sku, self.isSalable, quantity) = (sku, isSalable, json["qty"]?.decimal)
        }
    }

    private let transport: any ShopTransport

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// Adds every row to `start`, in no order, and answers the sum. `nil` where the shop has no such route, does not allow it, or has more products than
    /// fit an answer. Throws `Diagnostic` where it does not answer at all.
    package func fold<Result: Sendable>(
        website: String, into start: Result, _ add: @escaping @Sendable (inout Result, Row) -> Void
    ) async throws -> Result? {
        let sum = Sum(start, add)
        let call = ShopCall(
            .get, ["inventory", "dump-stock-index-data", "website", website], route: "inventory/dump-stock-index-data/website/:code", effect: .read,
            expects: .list, reader: ListReader(restart: { sum.restart() }, take: { sum.take($0) }))
        let answer = await transport.send(call)
        if let refusal = answer.refusal {
            switch refusal.reason {
            case .permission, .forbidden, .noRoute, .notFound, .tooLarge, .internalError, .invalid, .page: return nil
            case .workLost, .unreachable, .certificate, .noAnswer, .maintenance, .throttled, .redirected, .malformed, .credential, .signature, .clock,
                .nonceReused, .couldNotSave, .itemLimit, .pageLimit, .bodyTooLarge:
                break
            }
        }
        // A transport that reads no parts answers the list itself.
        for row in try answer.payload().json.elements ?? [] { sum.take(row) }
        guard let result = sum.result else {
            throw Diagnostic(
                "SHOP-MALFORMED", "A row of the stock index came without sku or is_salable",
                fix: "Look for a module that changes inventory answers",
                kind: .transient)
        }
        return result
    }

    private final class Sum<Result: Sendable>: Sendable {
        private let start: Result
        private let add: @Sendable (inout Result, Row) -> Void
        /// `nil` after a row that cannot be read.
        private let sum: Mutex<Result?>

        init(_ start: Result, _ add: @escaping @Sendable (inout Result, Row) -> Void) {
            self.start = start
            self.add = add
            sum = Mutex(start)
        }

        var result: Result? { sum.withLock { $0 } }

        func restart() { sum.withLock { $0 = start } }

        func take(_ json: JSON) {
            sum.withLock { sum in
                guard let row = Row(json), var result = sum.take() else { return sum = nil }
                add(&result, row)
                sum = result
            }
        }
    }
}
