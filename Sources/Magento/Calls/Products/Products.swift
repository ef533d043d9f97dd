import Domain

/// Product master data, always through the scope of all stores: what is saved through one store view hides later changes.
package struct Products: Sendable {
    private static let fields = "items[sku,name,weight,status,custom_attributes],total_count"
    private let transport: any ShopTransport
    private let size: PageSize

    package init(_ transport: any ShopTransport, pageRows: Int = 100) {
        self.transport = transport
        size = PageSize(pageRows)
    }

    /// Saves exactly these fields of one product. `fields.creation` makes a product that is not there; without it an unknown
    /// SKU is refused by the shop. The SKU travels in the body, where every version signs it alike.
    package func save(sku: String, _ fields: ProductFields) async -> Answer {
        var body = JSONText()
        body.raw("{\"product\":{\"sku\":")
        body.string(sku)
        fields.write(into: &body)
        body.raw("}}")
        return await transport.send(
            ShopCall(.post, ["products"], body: body.bytes, effect: .absolute, expects: .object, root: .allStores))
    }

    /// The fields of these products by the catalogue's spelling; unknown ones are left out. Throws `Diagnostic`.
    package func find(_ skus: [String]) async throws -> [String: ProductFields] {
        var found: [String: ProductFields] = [:]
        for filter in SKUChunks.split(skus) {
            var last: String?
            while true {
                let after = last.map { [SearchQuery.Filter("sku", .greater, $0)] } ?? []
                var asked = 0
                let items = try await transport.search(["products"], size, root: .allStores) { rows in
                    asked = rows
                    return SearchQuery([filter] + after, sort: "sku", pageSize: rows, fields: Self.fields)
                }
                for item in items {
                    guard let sku = item["sku"]?.text else {
                        throw Diagnostic(
                            "SHOP-MALFORMED", "A product came without its SKU",
                            fix: "Look for a module that changes product searches", kind: .transient)
                    }
                    found[sku] = ProductFields(item)
                }
                let end = items.last?["sku"]?.text
                guard items.count >= asked, let end, end != last else { break }
                last = end
            }
        }
        return found
    }
}
