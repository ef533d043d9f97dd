package import Domain
import Magento

/// Product master data under an ownership map: what the ERP does not own can be neither read from a file nor sent.
package struct ProductDefinition: EntityDefinition {
    package let rules: ProductRules
    /// `nil` without a shop: then words are shown as they are and nothing is applied.
    package let lookups: ProductLookups?

    package init(_ rules: ProductRules, lookups: ProductLookups? = nil) {
        self.rules = rules
        self.lookups = lookups
    }

    package var name: String { "products" }

    package var fields: [EntityField] {
        [EntityField("sku", .text, "The product's code, exactly as Magento spells it.")] + rules.owned.map(\.entityField)
    }

    package func makeInterpreter(asOf instant: UTCInstant) -> any RowInterpreter {
        ProductInterpreter(rules: rules, lookups: lookups)
    }

    package func describe(_ value: EncodedValue) -> String {
        guard let fields = (try? ProductValue(encoded: value))?.fields else { return "(unreadable value)" }
        var parts: [String] = []
        if let name = fields.name { parts.append("name \"\(Escaped(name, limit: 60))\"") }
        if let weight = fields.weight { parts.append("weight \(weight)") }
        if let status = fields.status { parts.append("\(status)") }
        for (code, value) in fields.attributes.sorted(by: { $0.key < $1.key }) {
            parts.append("\(code) \(Escaped(word(of: value, code), limit: 60))")
        }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }

    /// The label of an option's id.
    private func word(of value: String, _ code: String) -> String {
        guard let lookups else { return value }
        if code == "tax_class_id" { return lookups.taxClasses.first { String($0.value) == value }?.key ?? value }
        return lookups.options[code]?.first { $0.value == value }?.key ?? value
    }

    package func isAvailable(_ value: ArraySlice<UInt8>) -> Bool {
        (try? ProductValue(encoded: value)).map { $0.fields.status != .disabled } ?? false
    }

    package func spelled(_ value: EncodedValue, as spelling: RecordKey) -> EncodedValue {
        guard var product = try? ProductValue(encoded: value) else { return value }
        product.spelling = spelling
        return product.encoded
    }

    package func isSatisfied(_ wanted: EncodedValue, by observed: EncodedValue) -> Bool {
        guard let wanted = try? ProductValue(encoded: wanted), let observed = try? ProductValue(encoded: observed) else { return false }
        return wanted.fields(differingFrom: observed).isEmpty
    }
}
