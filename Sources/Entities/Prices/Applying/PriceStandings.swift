import Domain
import Magento

/// Which products take which prices.
struct PriceStandings: Sendable {
    let client: MagentoClient
    let kind: PriceKind

    /// Throws `Diagnostic`.
    func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup] {
        var entries: [[UInt8]: CatalogueEntry] = [:]
        for entry in try await client.catalogue.find(keys.map(\.text)) {
            entries[RecordKey.folded(Array(entry.sku.utf8)[...])] = entry
        }
        let priced = try await pricedBundles(entries.values)
        var standings: [RecordKey: KeyLookup] = [:]
        for key in keys {
            guard let entry = entries[RecordKey.folded(key.bytes[...])] else { continue }
            standings[key] = takes(entry, priced) ? .known(spelling: RecordKey(entry.sku)) : .unsuitable(unsuitable(key, entry))
        }
        return standings
    }

    /// A bundle has a base price only where it is not that of its parts; the shop leaves out the others when it is asked.
    private func pricedBundles(_ entries: some Sequence<CatalogueEntry>) async throws -> Set<String> {
        let bundles = entries.filter { $0.type == "bundle" }.map(\.sku)
        guard kind == .base, !bundles.isEmpty else { return [] }
        return Set(try await client.basePrices.find(bundles).map(\.sku))
    }

    private func takes(_ entry: CatalogueEntry, _ pricedBundles: Set<String>) -> Bool {
        switch (entry.type, kind) {
        case ("configurable", _), ("grouped", _), ("bundle", .cost): false
        case ("bundle", .base): pricedBundles.contains(entry.sku)
        case (_, _): true
        }
    }

    private func unsuitable(_ key: RecordKey, _ entry: CatalogueEntry) -> RejectReason {
        RejectReason(
            "SKU-COMPOSITE", value: key.description, "The product is \(entry.type): its \(kind.noun) is that of its parts",
            fix: "Send the \(kind.noun) of the simple products that it is made of")
    }

    /// Every product that takes this kind of price, page by page. Throws `Diagnostic`.
    func all(_ visit: ([String]) async throws -> Void) async throws {
        try await client.catalogue.all { entries in
            let skus = entries.filter { takes($0, []) || $0.type == "bundle" }.map(\.sku)
            if !skus.isEmpty { try await visit(skus) }
        }
    }
}
