import Domain
import Magento

/// The rows of one change that have to be sent.
struct StockPatch: Sendable {
    enum Making {
        case nothing
        case rejected(RejectReason)
        case patch(StockPatch)
    }

    /// What the columns hold; more is clamped, longer is cut, both without a word.
    private static let largestQuantity = ExactDecimal(coefficient: 999_999_999_999, scale: 4) ?? .zero
    private static let longestSKU = 64

    /// The change's place in its batch.
    let index: Int
    /// In the catalogue's spelling.
    let sku: String
    let rows: [SourceItem]

    static func make(_ change: Change, index: Int) -> Making {
        change.after.withUnsafeBytes { after in
            guard let after = StockLevelBytes(after) else { return .rejected(unreadable(change.key)) }
            guard let before = change.before else { return make(change, index: index, after: after, before: nil) }
            return before.withUnsafeBytes { before in make(change, index: index, after: after, before: StockLevelBytes(before)) }
        }
    }

    private static func make(_ change: Change, index: Int, after: StockLevelBytes, before: StockLevelBytes?) -> Making {
        let sku = after.spelling.map { String(decoding: $0, as: UTF8.self) } ?? change.key.text
        var rows: [SourceItem] = []
        after.forEach(differingFrom: before) { level in
            rows.append(
                SourceItem(
                    sku: sku, source: String(decoding: level.source, as: UTF8.self), quantity: level.quantity, isInStock: level.isInStock))
        }
        guard !rows.isEmpty else { return .nothing }
        guard sku.utf8.count <= longestSKU || sku.unicodeScalars.count <= longestSKU else { return .rejected(tooLong(change.key)) }
        for row in rows where !isKept(row.quantity) { return .rejected(outOfRange(row.quantity)) }
        return .patch(StockPatch(index: index, sku: sku, rows: rows))
    }

    /// Whether the shop's column keeps the quantity as it is.
    private static func isKept(_ quantity: ExactDecimal) -> Bool {
        guard quantity.scale <= 4 else { return false }
        // No scale makes so few digits too many.
        return quantity.coefficient.magnitude < 100_000_000 || quantity <= largestQuantity && quantity >= negated(largestQuantity)
    }

    /// Whether the shop holds all of it, exactly.
    func isHeld(in items: [SourceItem]) -> Bool {
        rows.allSatisfy { row in
            items.contains { item in
                item.source == row.source && item.quantity == row.quantity && item.isInStock == row.isInStock
                    && RecordKey.folded(Array(item.sku.utf8)[...]) == RecordKey.folded(Array(row.sku.utf8)[...])
            }
        }
    }

    /// The evidence for rows that were found by looking.
    var readBack: String { "read back " + rows.map { "\($0.source) \($0.quantity)" }.joined(separator: ", ") }

    /// - Parameter said: the shop's words.
    func rejection(_ said: String) -> RejectReason {
        RejectReason(
            "SHOP-REFUSED", value: Escaped(sku, limit: 80).description, "Magento refuses the row: \(said)",
            fix: "Correct the value at its source, or check that the source exists and is enabled, then retry")
    }

    private static func negated(_ number: ExactDecimal) -> ExactDecimal { ExactDecimal.zero.subtracting(number) ?? .zero }

    private static func unreadable(_ key: RecordKey) -> RejectReason {
        RejectReason(
            "STOCK-UNREADABLE", value: key.description, "The planned value cannot be read",
            fix: "Plan the file again; the ledger may come from another version")
    }
    private static func tooLong(_ key: RecordKey) -> RejectReason {
        RejectReason(
            "SKU-LONG", value: key.description, "The SKU is longer than the 64 characters that Magento keeps",
            fix: "Shorten the SKU in the shop and in the ERP")
    }
    private static func outOfRange(_ quantity: ExactDecimal) -> RejectReason {
        RejectReason(
            "QUANTITY-RANGE", value: quantity.description,
            "Magento keeps at most 99999999.9999 with four decimals and would change this quantity without a word",
            fix: "Correct the quantity or its rounding")
    }
}
