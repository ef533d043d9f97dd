import Domain
import Magento

/// Orders with their rows under the catalogue's own SKUs, by which the shop reserves: chosen options are added to an order row's SKU.
struct ReservedOrders {
    private let client: MagentoClient

    init(_ client: MagentoClient) { self.client = client }

    /// - Returns: the orders, and up to when by the shop's clock this sweep saw everything.
    func sweep(_ range: OrderSearch.Range) async throws -> (orders: [OrderSnapshot], seen: UTCInstant?) {
        var rows: [JSON] = []
        let seen = try await client.orderSearch.sweep(range, fields: OrderSearch.reservationFields) { rows += $0 }
        return (try await snapshots(rows), seen)
    }

    /// The orders of these numbers as they are now; one that is gone is left out.
    func find(_ numbers: some Collection<String>) async throws -> [OrderSnapshot] {
        try await snapshots(try await client.orderSearch.find(numbers: numbers, fields: OrderSearch.reservationFields))
    }

    private func snapshots(_ rows: [JSON]) async throws -> [OrderSnapshot] {
        let skus = try await catalogueSKUs(of: rows)
        return try rows.map { row in
            guard var order = OrderSnapshot(row) else {
                throw Diagnostic(
                    "SHOP-MALFORMED", "An order came without number, state or rows",
                    hint: "Look for a module that changes order searches", kind: .transient)
            }
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
