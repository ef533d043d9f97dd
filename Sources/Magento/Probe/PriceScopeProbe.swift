import Domain

/// Finds the price scope, which no route tells, by a question that cannot change anything: a special price of a single store
/// for a product that does not exist. Global prices refuse it twice, for the product and for the store; website prices once.
struct PriceScopeProbe: Sendable {
    let client: MagentoClient
    let timeline: Timeline

    /// `nil` where the shop cannot be asked. Throws `Diagnostic`.
    func scope() async throws -> PriceScope? {
        let sku = "TALLYMAN-NO-SUCH-\(timeline.randomHex(byteCount: 8))"
        guard try await client.catalogue.find([sku]).isEmpty, let view = try await client.stores.views().first else { return nil }
        switch await client.specialPrices.save([SpecialPrice(sku: sku, store: view.id, price: 1)]) {
        case .done(let failures):
            // Not one failure would mean that something was saved.
            return failures.isEmpty ? nil : failures.count > 1 ? .global : .website
        case .notDone(let refusal), .unknown(let refusal): throw refusal.diagnostic
        }
    }
}
