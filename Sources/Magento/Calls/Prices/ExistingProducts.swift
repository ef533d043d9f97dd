import Domain

/// Which products there are, by the cheapest question that the shop answers: its base prices. 500 of them take a tenth of a second, where
/// the search takes 1.7 (decision 0110).
///
/// What comes back exists, under this spelling or one that differs in the case of ASCII letters only. What does not come back may exist all
/// the same: configurable, grouped and dynamically priced products have no base price.
package struct ExistingProducts: Sendable {
    /// From 1,001 products on the shop's cache overflows and each costs twenty times as much.
    static let portion = 500
    /// Two calls at one time give nearly all that a shop of two cores has to give.
    static let callsInFlight = 2

    package enum Finding: Sendable {
        /// Those of the SKUs that exist, as they were asked.
        case these(Set<String>)
        /// The route is not to be had: missing, forbidden, or broken by a module.
        case unavailable(Refusal)
    }

    private let transport: any ShopTransport

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// Throws `Diagnostic` where the shop as a whole does not answer.
    package func find(_ skus: [String]) async throws -> Finding {
        let transport = transport
        let answers = try await inFlight(Self.callsInFlight, SKUChunks.bodies(skus, atMost: Self.portion)) { chunk in
            await transport.send(Self.call(chunk))
        }
        var found = Set<String>(minimumCapacity: skus.count)
        for answer in answers {
            if let refusal = answer.refusal, Self.isOfTheRoute(refusal) { return .unavailable(refusal) }
            for row in try answer.payload().json.elements ?? [] {
                guard let sku = row["sku"]?.text else {
                    throw Diagnostic(
                        "SHOP-MALFORMED", "A base price came without its SKU", fix: "Look for a module that changes price answers",
                        kind: .transient)
                }
                found.insert(sku)
            }
        }
        return .these(found)
    }

    static func call(_ skus: some Sequence<String>) -> ShopCall {
        ShopCall(
            .post, ["products", "base-prices-information"], query: [QueryItem("fields", "sku")],
            body: PriceRoute<BasePrice>.body(skus: skus), effect: .read, expects: .list, root: .allStores)
    }

    /// Whether the search may answer all the same.
    private static func isOfTheRoute(_ refusal: Refusal) -> Bool {
        switch refusal.reason {
        case .permission, .forbidden, .noRoute, .notFound, .internalError, .invalid, .itemLimit, .bodyTooLarge, .tooLarge: true
        case .workLost, .unreachable, .certificate, .noAnswer, .maintenance, .throttled, .redirected, .page, .malformed, .credential, .signature,
            .clock, .nonceReused, .couldNotSave, .pageLimit:
            false
        }
    }
}
