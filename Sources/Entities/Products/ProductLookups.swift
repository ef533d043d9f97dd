import Domain
package import Magento

/// What names mean in this shop: ids of tax classes and of the choices of attributes with a list.
package struct ProductLookups: Hashable, Sendable {
    /// Tax class name to id.
    package var taxClasses: [String: Int]
    /// Attribute code to label to option id; empty for an attribute that takes any text.
    package var options: [String: [String: String]]

    package init(taxClasses: [String: Int] = [:], options: [String: [String: String]] = [:]) {
        self.taxClasses = taxClasses
        self.options = options
    }

    /// Asks the shop for what `rules` need. Throws `Diagnostic`, also where an owned attribute does not exist.
    package init(_ rules: ProductRules, client: MagentoClient) async throws {
        self.init()
        if rules.owned.contains(.taxClass) { taxClasses = try await client.taxClasses.ofProducts() }
        for field in rules.owned where field != .taxClass {
            guard let code = rules.attribute(of: field) else { continue }
            guard let found = try await client.attributeOptions.options(of: code) else { throw Self.unknown(field, code) }
            options[code] = found
        }
    }

    private static func unknown(_ field: ProductField, _ code: String) -> Diagnostic {
        Diagnostic(
            "ATTRIBUTE-UNKNOWN", "the shop has no product attribute \(code), which products.owns writes \(field.name) to",
            fix: "create the attribute in the shop, or correct products.owns and products.attributes")
    }
}
