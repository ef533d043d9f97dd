import Domain

/// The shop's own attributes of customers. A value for one that is not there is dropped without a word, so they are asked for first.
package struct CustomerAttributes: Sendable {
    package struct Attribute: Hashable, Sendable {
        package var code: String
        /// Label to option id; empty for an attribute without a list.
        package var options: [String: String]
    }

    private let transport: any ShopTransport

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// The codes of the shop's own attributes whose values are kept: one that exists and is in no attribute set is not among them, and
    /// its values are dropped with a 200. Throws `Diagnostic`.
    package func kept() async throws -> Set<String> {
        let answer = await transport.send(ShopCall(.get, ["attributeMetadata", "customer", "custom"], effect: .read, expects: .list))
        return Set((try answer.payload().json.elements ?? []).compactMap { $0["attribute_code"]?.text })
    }

    /// `nil` where customers have no such attribute. Throws `Diagnostic`.
    package func attribute(_ code: String) async throws -> Attribute? {
        let answer = await transport.send(
            ShopCall(
                .get, ["attributeMetadata", "customer", "attribute", code], route: "attributeMetadata/customer/attribute/:code",
                effect: .read, expects: .object))
        if case .notFound = answer.refusal?.reason { return nil }
        let json = try answer.payload().json
        guard json["frontend_input"]?.text == "select" else { return Attribute(code: code, options: [:]) }
        var options: [String: String] = [:]
        for option in json["options"]?.elements ?? [] {
            guard let label = option["label"]?.text, let value = option["value"]?.text, !value.isEmpty else { continue }
            options[label] = value
        }
        return Attribute(code: code, options: options)
    }
}
