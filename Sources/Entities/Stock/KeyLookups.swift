import Domain
import Magento

extension Catalogue {
    /// How the catalogue stands to `keys`, matched as the shop does: letter case does not count. Throws `Diagnostic`.
    func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup] {
        let texts = keys.map(\.text)
        let found = try await find(texts)
        var spelled = [String: CatalogueEntry](minimumCapacity: found.count)
        for entry in found { spelled[entry.sku] = entry }
        var standings = [RecordKey: KeyLookup](minimumCapacity: keys.count)
        var others: [RecordKey] = []
        for (key, text) in zip(keys, texts) {
            if let entry = spelled[text] { standings[key] = standing(of: key, entry) } else { others.append(key) }
        }
        guard !others.isEmpty else { return standings }
        // Under another spelling, or not there at all: folding each of both sides is for these alone.
        var folded = [RecordKey: CatalogueEntry](minimumCapacity: found.count)
        for entry in found { folded[RecordKey(RecordKey.folded(Array(entry.sku.utf8)[...]))] = entry }
        for key in others {
            if let entry = folded[RecordKey(RecordKey.folded(key.bytes[...]))] { standings[key] = standing(of: key, entry) }
        }
        return standings
    }

    private func standing(of key: RecordKey, _ entry: CatalogueEntry) -> KeyLookup {
        guard !entry.isComposite else { return .unsuitable(composite(key, entry)) }
        // As nearly all are spelled; the key is handed on and not copied.
        return .known(spelling: entry.sku.utf8.elementsEqual(key.bytes) ? key : RecordKey(entry.sku))
    }

    private func composite(_ key: RecordKey, _ entry: CatalogueEntry) -> RejectReason {
        RejectReason(
            "SKU-COMPOSITE", value: key.description, "The product is \(entry.type): its stock is kept on its parts",
            fix: "Send stock of the simple products that it is made of")
    }
}
