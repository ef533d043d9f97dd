package import Domain
package import Magento

/// Brings costs into the shop, for all stores.
package struct CostApplier: PriceApplying {
    package static let kind = PriceKind.cost
    package static let route = "products/cost"
    package let client: MagentoClient
    package let sizer: BatchSizer
    private let timeline: Timeline

    package init(client: MagentoClient, timeline: Timeline, sizer: BatchSizer? = nil) {
        self.client = client
        self.timeline = timeline
        self.sizer = sizer ?? client.pace.makeSizer()
    }

    package func read(_ skus: [String]) async throws -> [ProductCost] { try await client.costs.find(skus) }

    package func value(_ rows: [ProductCost]) -> PriceValue {
        PriceValue(rows.filter { $0.store == 0 }.map { PriceEntry(.init(), .fixed($0.cost)) })
    }

    /// A cost that was put back to nothing is deleted.
    package func apply(_ changes: [Change]) async -> [ChangeAnswer] {
        await PriceBatch.apply(changes, settler) { change throws(RejectReason) in
            let wanted = change.after
            let rows = wanted.entries.map { ProductCost(sku: change.sku, cost: $0.amount.number) }
            let deletions = rows.isEmpty ? [ProductCost(sku: change.sku, cost: 0)] : []
            return PricePiece(index: change.index, sku: change.sku, deletions: deletions, rows: rows) { held in
                value(held).entries == wanted.entries
            }
        }
    }

    private var settler: BatchSettler<PriceBatchRoute<ProductCost>> {
        let route = PriceBatchRoute<ProductCost>(
            name: "cost", saveRows: { await client.costs.save($0) }, deleteRows: { await client.costs.delete($0.map(\.sku)) },
            read: { try await client.costs.find($0) })
        return BatchSettler(route, sizer: sizer, flights: client.pace.control(Self.route), timeline: timeline)
    }
}
