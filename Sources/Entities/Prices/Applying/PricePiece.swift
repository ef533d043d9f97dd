import Domain
import Magento

/// One change's part of a batch of price calls.
struct PricePiece<Row: PriceRow>: Sendable {
    /// The change's place in its batch.
    let index: Int
    /// In the catalogue's spelling.
    let sku: String
    /// Lines to be taken away first, each exactly as the shop has it.
    var deletions: [Row] = []
    var rows: [Row]
    /// Whether the shop holds what is wanted, going by its rows of this product.
    let isHeld: @Sendable ([Row]) -> Bool

    var isEmpty: Bool { rows.isEmpty && deletions.isEmpty }
}

extension PriceRow {
    /// The SKU as the shop compares it.
    var foldedSKU: [UInt8] { RecordKey.folded(Array(sku.utf8)[...]) }
}
