import Domain
import Magento

extension Catalogue {
    /// How the catalogue stands to `keys`, matched as the shop does: letter case does not count. Throws `Diagnostic`.
    func standings(of keys: [RecordKey]) async throws -> [RecordKey: KeyStanding] {
        var entries = [RecordKey: CatalogueEntry](minimumCapacity: keys.count)
        for entry in try await find(keys.map(\.text)) { entries[RecordKey(RecordKey.folded(Array(entry.sku.utf8)[...]))] = entry }
        var standings = [RecordKey: KeyStanding](minimumCapacity: keys.count)
        for key in keys {
            guard let entry = entries[RecordKey(RecordKey.folded(key.bytes[...]))] else { continue }
            standings[key] = entry.isComposite ? .unsuitable(composite(key, entry)) : .known(spelling: RecordKey(entry.sku))
        }
        return standings
    }

    private func composite(_ key: RecordKey, _ entry: CatalogueEntry) -> RejectReason {
        RejectReason(
            "SKU-COMPOSITE", value: key.description, "The product is \(entry.type): its stock is kept on its parts",
            fix: "Send stock of the simple products that it is made of")
    }
}
