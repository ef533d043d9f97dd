import Domain

/// The calls that the price routes have in common: lines under `prices`, products under `skus`.
struct PriceRoute<Row: PriceRow>: Sendable {
    /// `base-prices`
    let name: String
    /// How the reading route begins: `tier-prices` is `tier-prices-information`.
    let transport: any ShopTransport

    /// Products asked for in one reading call.
    private static var readSize: Int { 500 }

    func write(_ rows: [Row], method: ShopCall.Method = .post, suffix: String = "") async -> PriceAnswer {
        var body = JSONText()
        body.raw("{\"prices\":")
        body.list(rows) { text, row in row.write(into: &text) }
        body.raw("}")
        let call = ShopCall(
            method, ["products", name + suffix], body: body.bytes, effect: .absolute, expects: .list, root: .allStores)
        return PriceAnswer(await transport.send(call), call: call)
    }

    /// All rows of these products; products that the shop does not have are left out. Throws `Diagnostic`.
    func read(_ skus: [String]) async throws -> [Row] {
        var rows: [Row] = []
        for chunk in SKUChunks.bodies(skus, atMost: Self.readSize) {
            let call = ShopCall(
                .post, ["products", name + "-information"], body: Self.body(skus: chunk), effect: .read, expects: .list,
                root: .allStores)
            let elements = try await transport.send(call).payload().json.elements ?? []
            let found = elements.compactMap(Row.init)
            guard found.count == elements.count else {
                throw Diagnostic(
                    "SHOP-MALFORMED", "A price came without one of its members (\(call.label))",
                    fix: "Look for a module that changes price answers", kind: .transient)
            }
            rows += found
        }
        return rows
    }

    static func body(skus: some Sequence<String>) -> [UInt8] {
        var body = JSONText()
        body.raw("{\"skus\":")
        body.list(skus) { text, sku in text.string(sku) }
        body.raw("}")
        return body.bytes
    }
}
