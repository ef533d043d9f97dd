import Domain

/// A piece of a product's master data that the ERP may own.
package enum ProductField: Hashable, Sendable {
    case name, weight, taxClass, status, unit, supplierReference
    /// An attribute of the shop's own, by its code.
    case attribute(String)

    private static let prefix = "attribute."

    /// As profiles and settings call it: `tax_class`, `attribute.colour`.
    package var name: String {
        switch self {
        case .name: "name"
        case .weight: "weight"
        case .taxClass: "tax_class"
        case .status: "status"
        case .unit: "unit"
        case .supplierReference: "supplier_reference"
        case .attribute(let code): Self.prefix + code
        }
    }

    /// `nil` for other names. An attribute's code is letters, digits and underscores, as Magento has them.
    package init?(_ name: String) {
        if let plain = Self.plain.first(where: { $0.name == name }) {
            self = plain
            return
        }
        let code = name.dropFirst(Self.prefix.count)
        let isCode = code.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
                || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
        }
        guard name.hasPrefix(Self.prefix), !code.isEmpty, isCode, !Self.reserved.contains(String(code)) else { return nil }
        self = .attribute(String(code))
    }

    package static let plain: [ProductField] = [.name, .weight, .taxClass, .status, .unit, .supplierReference]

    /// Codes that would go around another entity's safety, or around a field of their own.
    private static let reserved: Set<String> = [
        "price", "special_price", "special_from_date", "special_to_date", "tier_price", "cost", "msrp", "minimal_price", "sku",
        "name", "weight", "status", "tax_class_id", "quantity_and_stock_status", "url_key", "visibility",
    ]

    var entityField: EntityField {
        switch self {
        case .name: EntityField(name, .text, "The product's name.", isCode: false)
        case .weight: EntityField(name, .decimal, "Weight, in the shop's unit.")
        case .taxClass: EntityField(name, .text, "The ERP's tax code; the settings say which tax class it means.")
        case .status: EntityField(name, .text, "Whether the product is on sale; the settings say which words mean what.")
        case .unit: EntityField(name, .text, "What one piece is: each, box, metre.")
        case .supplierReference: EntityField(name, .text, "The supplier's own code for the product.", isCode: false)
        case .attribute(let code): EntityField(name, .text, "The shop's attribute \(code).", isCode: false)
        }
    }
}
