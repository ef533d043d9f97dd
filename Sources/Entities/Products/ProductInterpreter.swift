import Domain
import Magento

/// Reads a product file's records and decides what of each product's owned fields has to change.
struct ProductInterpreter: RowInterpreter {
    private let rules: ProductRules
    private let lookups: ProductLookups?

    init(rules: ProductRules, lookups: ProductLookups?) {
        self.rules = rules
        self.lookups = lookups
    }

    mutating func interpret(_ batch: RecordBatch, into rows: inout KeyedRows) {
        for (index, entry) in batch.entries.enumerated() {
            for row in 0..<entry.rowCount {
                guard case .text(let range) = batch.cell(entry, row: row, field: 0) else {
                    if entry.rejection < 0 {
                        rows.reject(entry: index, PriceRejections.skuMissing, key: nil, origin: entry.origin)
                    }
                    break
                }
                let sku = batch.bytes[range]
                if entry.rejection >= 0 {
                    rows.markIncomplete(key: sku, origin: entry.origin)
                    continue
                }
                do throws(RejectReason) {
                    let fields = try fields(batch, entry, row: row)
                    rows.append(key: sku, origin: entry.origin) { $0 += ProductValue(fields).encoded }
                } catch {
                    rows.reject(entry: index, error, key: sku, origin: entry.origin)
                    break
                }
            }
        }
    }

    mutating func decide(_ group: KeyGroup, mirror: ArraySlice<UInt8>?, mode: FileMode) -> KeyVerdict {
        if let spoiled = group.rows.first(where: \.isIncomplete) {
            return KeyVerdict(.rejected(PriceRejections.incomplete(line: spoiled.origin.line)))
        }
        let numbers = group.rows.indices
        guard let taken = rules.duplicates.choice(of: numbers) else { return KeyVerdict(.rejected(Self.duplicate)) }
        guard let said = try? ProductValue(encoded: group.payload(group.rows[taken])) else {
            return KeyVerdict(.rejected(PriceRejections.unreadable))
        }
        let known = mirror.flatMap { try? ProductValue(encoded: $0) }
        let after = (known ?? ProductValue()).overlaid(with: said.fields)
        let different = after.fields(differingFrom: known)
        var verdict = KeyVerdict(
            .unchanged, superseded: numbers.filter { $0 != taken }.map { $0 - group.rows.startIndex },
            wasAvailable: known.map { $0.fields.status != .disabled } ?? false, isAvailable: after.fields.status != .disabled)
        guard !different.isEmpty else { return verdict }
        verdict.decision = .change(after.encoded)
        verdict.evidence = ProductDefinition(rules, lookups: lookups).describe(ProductValue(different).encoded)
        return verdict
    }

    /// A product that a file leaves out is not touched: taking it off sale is a person's decision.
    mutating func decideMissing(_ key: RecordKey, mirror: ArraySlice<UInt8>) -> KeyVerdict? { nil }

    // MARK: Cells

    private func fields(_ batch: RecordBatch, _ entry: RecordBatch.Entry, row: Int) throws(RejectReason) -> ProductFields {
        var fields = ProductFields()
        for (index, field) in rules.owned.enumerated() {
            switch batch.cell(entry, row: row, field: index + 1) {
            case .absent, .blank, .instant: continue
            case .boolean(let flag): try set(field, flag ? "true" : "false", in: &fields)
            case .decimal(let number):
                if field == .weight { fields.weight = try weight(number) } else { try set(field, number.description, in: &fields) }
            case .text(let range): try set(field, String(decoding: batch.bytes[range], as: UTF8.self), in: &fields)
            case .cleared: try clear(field, in: &fields)
            }
        }
        return fields
    }

    private func set(_ field: ProductField, _ text: String, in fields: inout ProductFields) throws(RejectReason) {
        switch field {
        case .name:
            guard !text.isEmpty, text.unicodeScalars.count <= 255 else { throw Self.length(field, text) }
            fields.name = text
        case .weight: throw Self.word(field, text, "is no number", fix: "map the weight as a number in the profile")
        case .status:
            let word = text.lowercased()
            if rules.enabledWords.contains(word) {
                fields.status = .enabled
            } else if rules.disabledWords.contains(word) {
                fields.status = .disabled
            } else {
                throw Self.word(field, text, "means neither enabled nor disabled", fix: "add the word to products.status")
            }
        case .taxClass: fields.attributes["tax_class_id"] = try taxClass(text)
        case .unit, .supplierReference, .attribute:
            guard let code = rules.attribute(of: field) else { return }
            fields.attributes[code] = try value(text, of: field, code)
        }
    }

    private func clear(_ field: ProductField, in fields: inout ProductFields) throws(RejectReason) {
        switch field {
        case .name, .weight, .status, .taxClass:
            throw Self.word(field, "", "cannot be without a value", fix: "fill it in the ERP, or let the profile keep blanks")
        case .unit, .supplierReference, .attribute:
            if let code = rules.attribute(of: field) { fields.attributes[code] = "" }
        }
    }

    private func weight(_ number: ExactDecimal) throws(RejectReason) -> ExactDecimal {
        guard !number.isNegative, number.scale <= 4, number < 100_000_000 else {
            throw Self.word(
                .weight, number.description, "is not between 0 and 99999999.9999 with four decimals",
                fix: "correct the weight in the ERP")
        }
        return number
    }

    private func taxClass(_ code: String) throws(RejectReason) -> String {
        guard let name = rules.taxClasses[code] else {
            throw Self.word(.taxClass, code, "is not in the settings", fix: "add it to products.tax_classes")
        }
        guard let lookups else { return name }
        guard let id = lookups.taxClasses[name] else {
            throw Self.word(
                .taxClass, code, "maps to \(name), which does not exist in the shop", fix: "create the tax class, or correct products.tax_classes")
        }
        return String(id)
    }

    private func value(_ text: String, of field: ProductField, _ code: String) throws(RejectReason) -> String {
        guard let options = lookups?.options[code], !options.isEmpty else { return text }
        guard let id = options[text] else {
            throw Self.word(field, text, "is none of the choices of \(code)", fix: "add the choice in the shop, or correct it in the ERP")
        }
        return id
    }

    private static func word(_ field: ProductField, _ text: String, _ problem: String, fix: String) -> RejectReason {
        RejectReason(
            "PRODUCT-VALUE", column: field.name, value: Escaped(text, limit: 80).description,
            "\(field.name) \"\(Escaped(text, limit: 80))\" \(problem)", fix: fix)
    }
    private static func length(_ field: ProductField, _ text: String) -> RejectReason {
        word(field, text, "is empty or longer than the 255 characters that Magento keeps", fix: "correct it in the ERP")
    }
    private static let duplicate = RejectReason(
        "SKU-DUPLICATE", "the file has the product more than once",
        fix: "remove the wrong row, or set duplicate_keys of the profile to last or first")
}
