import Domain
import Magento

/// An order, and what became of it one after the other where that has to be known.
struct ReservedOrder: Hashable, Sendable {
    var snapshot: OrderSnapshot
    var story: OrderStory?
}

/// Orders with their rows under the catalogue's own SKUs, by which the shop reserves: chosen options are added to an order row's SKU.
struct ReservedOrders {
    private let client: MagentoClient

    init(_ client: MagentoClient) { self.client = client }

    /// - Returns: the orders, and up to when by the shop's clock this sweep saw everything.
    func sweep(_ range: OrderSearch.Range) async throws -> (orders: [ReservedOrder], seen: UTCInstant?) {
        var rows: [JSON] = []
        let seen = try await client.orderSearch.sweep(range, fields: OrderSearch.reservationFields) { rows += $0 }
        return (try await snapshots(rows), seen)
    }

    /// The orders of these numbers as they are now; one that is gone is left out.
    func find(_ numbers: some Collection<String>) async throws -> [ReservedOrder] {
        try await snapshots(try await client.orderSearch.find(numbers: numbers, fields: OrderSearch.reservationFields))
    }

    /// Documents are read of few orders: those with a row that was both shipped and credited.
    private func snapshots(_ rows: [JSON]) async throws -> [ReservedOrder] {
        let orders = try await spelled(rows)
        let unclear = orders.filter { ReservedGoods(order: $0).needsStory }.map(\.id)
        let stories = unclear.isEmpty ? [:] : try await stories(of: unclear)
        return orders.map { ReservedOrder(snapshot: $0, story: stories[$0.id]) }
    }

    /// Without the right to read documents nothing is known of them, and as little as can be counts as reserved.
    private func stories(of orders: [Int]) async throws -> [Int: OrderStory] {
        do {
            let shipments = Dictionary(grouping: try await client.shipments.find(orders: orders), by: \.order)
            let credits = Dictionary(grouping: try await client.creditMemos.find(orders: orders), by: \.order)
            let invoices = Dictionary(grouping: try await client.invoices.find(orders: orders), by: \.order)
            return orders.reduce(into: [:]) { stories, id in
                stories[id] = OrderStory(invoices: invoices[id] ?? [], shipments: shipments[id] ?? [], credits: credits[id] ?? [])
            }
        } catch let diagnostic as Diagnostic where diagnostic.code == "SHOP-PERMISSION" {
            return [:]
        }
    }

    private func spelled(_ rows: [JSON]) async throws -> [OrderSnapshot] {
        let skus = try await catalogueSKUs(of: rows)
        // Of an order that cannot be read nothing counts as reserved: too little is for sale, never too much.
        return rows.compactMap { row in
            guard var order = OrderSnapshot(row) else { return nil }
            for item in row["items"]?.elements ?? [] where Self.hasOptions(item) {
                guard let sku = item["product_id"]?.whole.flatMap({ skus[$0] }),
                    let index = order.lines.firstIndex(where: { $0.id == item["item_id"]?.whole })
                else { continue }
                order.lines[index].sku = sku
            }
            return order
        }
    }

    private func catalogueSKUs(of rows: [JSON]) async throws -> [Int: String] {
        let ids = rows.flatMap { $0["items"]?.elements ?? [] }.filter(Self.hasOptions).compactMap { $0["product_id"]?.whole }
        guard !ids.isEmpty else { return [:] }
        return try await client.catalogue.find(ids: Array(Set(ids)).sorted()).reduce(into: [:]) { $0[$1.id] = $1.sku }
    }

    private static func hasOptions(_ item: JSON) -> Bool {
        item["product_option"]?["extension_attributes"]?["custom_options"]?.elements?.isEmpty == false
    }
}
