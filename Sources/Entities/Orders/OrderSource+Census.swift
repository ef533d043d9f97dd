package import Domain
import Magento

extension OrderSource: DocumentCensus {
    /// Of orders that leave by other flows nothing is counted here.
    package func census(
        from: UTCInstant, to: UTCInstant, _ visit: ([CountedDocument]) async throws -> Void
    ) async throws {
        try await client.orderSearch.count(placedFrom: from, to: to, stores: settings.stores) { page in
            try await visit(page.filter(isWanted).compactMap(counted))
        }
    }

    private func counted(_ json: JSON) -> CountedDocument? {
        guard let observation = observation(json) else { return nil }
        let total = json["grand_total"]?.decimal ?? .zero
        let shipped = (json["items"]?.elements ?? []).contains { $0["qty_shipped"]?.decimal?.isPositive == true }
        func some(_ member: String) -> ExactDecimal? { json[member]?.decimal.flatMap { $0.isPositive ? $0 : nil } }
        return CountedDocument(
            identity: observation.identity, readiness: observation.readiness, total: total, isDespatched: shipped,
            invoiced: some("total_invoiced"), credited: some("total_refunded"))
    }
}
