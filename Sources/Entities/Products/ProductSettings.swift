package import Domain

/// The `products` group of a flow.
package struct ProductSettings: Sendable {
    package let rules: ProductRules

    package static let options: [OptionSpec] = [
        OptionSpec(
            "owns", .list(.text),
            "What the ERP owns of a product: \(ProductField.plain.map(\.name).joined(separator: ", ")), attribute.CODE. Nothing else is ever sent.",
            required: .required, example: "[name, weight, attribute.colour]"),
        OptionSpec(
            "attributes", .map(.text), "The shop's attribute of unit and of supplier_reference, where it has another code.",
            example: "{unit: unit_of_sale}"),
        OptionSpec(
            "tax_classes", .map(.text), "Which tax class of the shop, by its name, each of the ERP's tax codes means.", example: "{T1: Taxable Goods}"
        ),
        OptionSpec(
            "status",
            .object([
                OptionSpec("enabled", .list(.text), "Words that mean on sale."), OptionSpec("disabled", .list(.text), "Words that mean not on sale."),
            ]), "The ERP's words for the status, where they are its own."),
        OptionSpec(
            "new", .choice(ProductRules.NewProducts.allCases.map(\.rawValue)),
            "A product that the shop does not have: reject it, or create it disabled, for a person to complete.", default: "reject"),
        OptionSpec("attribute_set", .integer(1...1_000_000), "The attribute set of products that are created.", default: "4"),
    ]

    /// Throws a `Diagnostic` at the setting's place.
    package init(_ node: SettingNode, duplicates: DuplicatePolicy = .reject) throws {
        var owned: [ProductField] = []
        for item in node["owns"]?.list ?? node["owns"].map({ [$0] }) ?? [] {
            guard let field = item.scalar.flatMap({ ProductField($0) }) else {
                throw item.invalid(
                    "is nothing that products can own",
                    fix:
                        "use \(ProductField.plain.map(\.name).joined(separator: ", ")) or attribute.CODE; prices and stock have entities of their own"
                )
            }
            if !owned.contains(field) { owned.append(field) }
        }
        guard !owned.isEmpty else {
            throw Diagnostic("SETTINGS-MISSING", "products.owns is missing", at: node.location, fix: "add owns: [name, weight]")
        }
        var rules = ProductRules(
            owned: owned, taxClasses: Self.texts(node["tax_classes"]), newProducts: try node.choice("new", default: .reject),
            attributeSet: try node.integer("attribute_set") ?? 4, duplicates: duplicates)
        for (name, code) in Self.texts(node["attributes"]) {
            guard let field = ProductField(name), [.unit, .supplierReference].contains(field), ProductField("attribute.\(code)") != nil
            else {
                throw (node["attributes"] ?? node).invalid(
                    "names \(Escaped(name)): \(Escaped(code))", fix: "map unit or supplier_reference to an attribute's code")
            }
            rules.attributeCodes[field] = code
        }
        if let status = node["status"] {
            rules.enabledWords = Set(status.texts("enabled").map { $0.lowercased() })
            rules.disabledWords = Set(status.texts("disabled").map { $0.lowercased() })
        }
        if owned.contains(.taxClass), rules.taxClasses.isEmpty {
            throw Diagnostic(
                "SETTINGS-MISSING", "products.tax_classes is missing", at: node.location, fix: "add tax_classes: {T1: Taxable Goods}")
        }
        self.rules = rules
    }

    private static func texts(_ node: SettingNode?) -> [String: String] {
        let pairs = (node?.map ?? []).compactMap { pair in pair.node.scalar.map { (pair.key, $0) } }
        return Dictionary(pairs, uniquingKeysWith: { _, last in last })
    }
}
