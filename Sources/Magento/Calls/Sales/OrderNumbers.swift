import Domain

/// The outside number of an order: `ext_order_id`.
///
/// The route that writes it is a raw save that makes an order where it finds none (contract 5.4), so the order is looked up before.
package struct OrderNumbers: Sendable {
    /// An order as far as its numbers go.
    package struct Entry: Hashable, Sendable {
        package var id: Int
        package var incrementID: String
        package var outside: String?
    }

    private let transport: any ShopTransport
    private let size: PageSize

    package init(_ transport: any ShopTransport, pageRows: Int = 100) {
        self.transport = transport
        size = PageSize(pageRows)
    }

    /// The orders with these ids; one that is not there is left out. Throws `Diagnostic`.
    package func find(_ ids: [Int]) async throws -> [Entry] {
        let wanted = SearchQuery.Filter("entity_id", .oneOf, ids.map(String.init).joined(separator: ","))
        let rows = try await transport.all(["orders"], size, chunks: [wanted], fields: "items[entity_id,increment_id,ext_order_id],total_count")
        return try rows.map { row in
            guard let id = row["entity_id"]?.whole, let number = row["increment_id"]?.text else { throw SalesDocument.malformed("An order") }
            return Entry(id: id, incrementID: number, outside: row["ext_order_id"]?.text.flatMap { $0.isEmpty ? nil : $0 })
        }
    }

    /// Writes the number of an order that was found. Changes nothing else but the order's time of change.
    package func write(_ number: String, order id: Int) async -> Answer {
        var body = JSONText()
        body.raw("{\"entity\":{\"entity_id\":")
        body.number(String(id))
        body.raw(",\"ext_order_id\":")
        body.string(number)
        body.raw("}}")
        return await transport.send(ShopCall(.post, ["orders"], route: "orders", body: body.bytes, effect: .absolute, expects: .object))
    }
}
