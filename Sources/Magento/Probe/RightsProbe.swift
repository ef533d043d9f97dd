import Domain

/// Tries the rights that flows need, with calls that cannot change anything: a read of one row, a save of nothing, an action on an
/// order that does not exist. The shop judges the right before it looks at the rest.
package struct RightsProbe: Sendable {
    /// What a flow has to be allowed, in our words.
    package enum Right: String, Sendable, CaseIterable {
        case readOrders = "read orders"
        case enterNumbers = "enter the ERP's numbers of orders"
        case ship = "ship orders"
        case readShipments = "read shipments"
        case invoice = "invoice orders"
        case readInvoices = "read invoices"
        case refund = "refund orders"
        case readCreditMemos = "read credit memos"
        case cancel = "cancel orders"
        case hold = "hold orders"
        case release = "release orders"
        case comment = "comment on orders"
        case readProducts = "read products"
        case proveProducts = "ask whether known products still exist"
        case saveProducts = "save products"
        case savePrices = "save prices"
        case readGroups = "read customer groups"
        case readCustomers = "read customers"
        case saveCustomers = "save customers"
        case saveStock = "save quantities"
        case saveStockItems = "save quantities without MSI"
        case readSale = "see what is on sale"
        case readQueue = "see whether the shop's queue goes on"

        /// What happens without it; `nil` where a flow cannot do without.
        package var substitute: String? {
            self == .proveProducts ? "the products search is asked instead, which takes the shop 16 times as long" : nil
        }
    }

    package struct Finding: Hashable, Sendable {
        package var right: Right
        package var verdict: ShopFinding.Verdict
        package var text: String
        package var fix: String
    }

    private let transport: any ShopTransport

    package init(_ client: MagentoClient) { transport = client.transport }

    /// Each right once, in the order given.
    package func check(_ rights: [Right]) async -> [Finding] {
        var findings: [Finding] = []
        for right in rights { findings.append(await check(right)) }
        return findings
    }

    private func check(_ right: Right) async -> Finding {
        let answer = await transport.send(Self.call(right))
        guard let refusal = answer.refusal else { return Finding(right: right, verdict: .good, text: "allowed", fix: "") }
        if let substitute = right.substitute { return Self.warning(right, refusal, substitute) }
        switch refusal.reason {
        case .permission(let resource):
            return Finding(
                right: right, verdict: .failed, text: "not allowed: \(Escaped(resource, limit: 80)) is missing",
                fix:
                    "Add the resource \(Escaped(resource, limit: 80)) to the integration (System > Extensions > Integrations > API) and save: it counts at once, without a new token"
            )
        case .noRoute:
            return Finding(right: right, verdict: .skipped, text: "the shop has no such route", fix: "")
        // It was allowed, and then refused for what it was.
        case .invalid, .couldNotSave, .notFound, .internalError, .itemLimit, .pageLimit, .bodyTooLarge, .page:
            return Finding(right: right, verdict: .good, text: "allowed", fix: "")
        case .workLost, .unreachable, .certificate, .noAnswer, .maintenance, .throttled, .redirected, .malformed, .tooLarge, .forbidden, .credential,
            .signature, .clock, .nonceReused:
            return Finding(right: right, verdict: .failed, text: refusal.diagnostic.summary, fix: refusal.diagnostic.fix)
        }
    }

    private static func warning(_ right: Right, _ refusal: Refusal, _ substitute: String) -> Finding {
        let (text, fix): (String, String) =
            switch refusal.reason {
            case .permission(let resource):
                (
                    "\(Escaped(resource, limit: 80)) is missing",
                    "Add the resource \(Escaped(resource, limit: 80)) to the integration (System > Extensions > Integrations > API) and save"
                )
            case .noRoute: ("the shop has no such route", "Look for a module that switches price routes off")
            case _: (refusal.diagnostic.summary, refusal.diagnostic.fix)
            }
        return Finding(right: right, verdict: .warning, text: "\(text): \(substitute)", fix: fix)
    }

    /// Shops number their orders from 1.
    private static let nowhere = "0"

    private static func call(_ right: Right) -> ShopCall {
        switch right {
        case .readOrders: look(["orders"])
        case .readShipments: look(["shipments"])
        case .readInvoices: look(["invoices"])
        case .readCreditMemos: look(["creditmemos"])
        case .readProducts: look(["products"])
        case .proveProducts: ExistingProducts.call([])
        case .readGroups: look(["customerGroups", "search"])
        case .readCustomers: look(["customers", "search"])
        // A customer is changed under a number; none has this one, and nothing is said of whom.
        case .saveCustomers: put(["customers", nowhere], "customers/:id")
        case .enterNumbers: act(["orders"], "orders")
        case .ship: act(["order", nowhere, "ship"], "order/:id/ship")
        case .invoice: act(["order", nowhere, "invoice"], "order/:id/invoice")
        case .refund: act(["order", nowhere, "refund"], "order/:id/refund")
        case .cancel: act(["orders", nowhere, "cancel"], "orders/:id/cancel")
        case .hold: act(["orders", nowhere, "hold"], "orders/:id/hold")
        case .release: act(["orders", nowhere, "unhold"], "orders/:id/unhold")
        case .comment: act(["orders", nowhere, "comments"], "orders/:id/comments")
        case .saveProducts: act(["products"], "products")
        case .savePrices: act(["products", "base-prices"], "products/base-prices", "{\"prices\":[]}")
        case .readSale: look(["inventory", "are-products-salable"])
        case .readQueue: look(["bulk"])
        // Without a stock item in the body nothing is saved, whatever is sold under this code.
        case .saveStockItems: put(["products", nowhere, "stockItems", "1"], "products/:sku/stockItems/:id")
        case .saveStock: act(["inventory", "source-items"], "inventory/source-items", "{\"sourceItems\":[]}")
        }
    }

    private static func look(_ path: [String]) -> ShopCall {
        ShopCall(.get, path, query: SearchQuery(pageSize: 1, fields: "total_count").items, effect: .read, expects: .object)
    }

    private static func put(_ path: [String], _ route: String) -> ShopCall {
        ShopCall(.put, path, route: route, body: Array("{}".utf8), effect: .read, expects: .emptyList)
    }

    private static func act(_ path: [String], _ route: String, _ body: String = "{}") -> ShopCall {
        ShopCall(.post, path, route: route, body: Array(body.utf8), effect: .read, expects: .emptyList)
    }
}
