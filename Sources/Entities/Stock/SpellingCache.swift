import Domain
import Magento

/// The catalogue's spelling of SKUs, asked for once per key (reliability F56: a SKU the shop does not have is never sent,
/// because Magento would take it without a word; and letter case matters to parts of MSI).
///
/// Lives as long as a run: a product that is renamed meanwhile shows at the next one (F74).
actor SpellingCache {
    private let catalogue: Catalogue
    /// By folded key; `nil` inside: asked and not there.
    private var known: [[UInt8]: CatalogueEntry?] = [:]

    init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    /// The entries of the keys that the shop has. Throws `Diagnostic` where the catalogue cannot be read.
    func entries(of keys: [RecordKey]) async throws -> [RecordKey: CatalogueEntry] {
        let missing = keys.filter { known[RecordKey.folded($0.bytes[...])] == nil }
        if !missing.isEmpty {
            let found = try await catalogue.find(missing.map(\.text))
            for key in missing { known[RecordKey.folded(key.bytes[...])] = .some(nil) }
            for entry in found { known[RecordKey.folded(Array(entry.sku.utf8)[...])] = entry }
        }
        var entries: [RecordKey: CatalogueEntry] = [:]
        for key in keys {
            if case .some(.some(let entry)) = known[RecordKey.folded(key.bytes[...])] { entries[key] = entry }
        }
        return entries
    }
}
