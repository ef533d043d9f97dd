import Domain

/// The choices of a list's attribute.
package struct AttributeOptions: Sendable {
    private let transport: any ShopTransport

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// Label to option id; of two options with one label neither, because none can be chosen. Empty for an attribute without
    /// a list, `nil` where the shop has no such attribute. Throws `Diagnostic`.
    package func options(of attribute: String) async throws -> [String: String]? {
        let answer = await transport.send(
            ShopCall(
                .get, ["products", "attributes", attribute, "options"], route: "products/attributes/:code/options",
                effect: .read, expects: .list, root: .allStores))
        if case .notFound = answer.refusal?.reason { return nil }
        var options: [String: String] = [:]
        var ambiguous: Set<String> = []
        for element in try answer.payload().json.elements ?? [] {
            guard let label = element["label"]?.text, let value = element["value"]?.text, !value.isEmpty else { continue }
            if options.updateValue(value, forKey: label) != nil { ambiguous.insert(label) }
        }
        return options.filter { !ambiguous.contains($0.key) }
    }
}
