/// What the ERP owns of a product, and what its words mean in the shop.
package struct ProductRules: Hashable, Sendable {
    /// A SKU that the shop does not have.
    package enum NewProducts: String, Sendable, CaseIterable {
        case reject
        /// Made, and left for a person to enable.
        case createDisabled = "create_disabled"
    }

    /// In the order of the settings.
    package var owned: [ProductField]
    /// The shop's attribute of `unit` and of `supplier_reference`.
    package var attributeCodes: [ProductField: String]
    /// The ERP's tax codes to names of tax classes.
    package var taxClasses: [String: String]
    /// The ERP's words for on sale and not on sale, in lower case.
    package var enabledWords: Set<String>
    package var disabledWords: Set<String>
    package var newProducts: NewProducts
    package var attributeSet: Int
    /// Two lines of one product.
    package var duplicates: DuplicatePolicy

    package init(
        owned: [ProductField],
        attributeCodes: [ProductField: String] = [:],
        taxClasses: [String: String] = [:],
        enabledWords: Set<String> = ["enabled", "active", "yes", "y", "true", "1"],
        disabledWords: Set<String> = ["disabled", "inactive", "no", "n", "false", "0", "2"],
        newProducts: NewProducts = .reject,
        attributeSet: Int = 4,
        duplicates: DuplicatePolicy = .reject
    ) {
        self.owned = owned
        self.attributeCodes = attributeCodes
        self.taxClasses = taxClasses
        self.enabledWords = enabledWords
        self.disabledWords = disabledWords
        self.newProducts = newProducts
        self.attributeSet = attributeSet
        self.duplicates = duplicates
    }

    /// The attribute that a field is written to; `nil` for those with a member of their own.
    package func attribute(of field: ProductField) -> String? {
        switch field {
        case .name, .weight, .status: nil
        case .taxClass: "tax_class_id"
        case .unit: attributeCodes[field] ?? "unit"
        case .supplierReference: attributeCodes[field] ?? "supplier_reference"
        case .attribute(let code): code
        }
    }
}
