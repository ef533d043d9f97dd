package import Domain
package import Magento
import Synchronization

/// How products stand to a stock plan, asked as cheaply as it can be asked: of a product that was written to before, only whether it still
/// exists; of a new one, of one that the shop has changed since, and of one that the cheap question leaves out, everything (decision 0110).
package final class ProductProof: Sendable {
    /// Of a product that was changed so shortly before the last look, the shop's search may not have told yet: clocks of its machines differ.
    private static let overlap = Duration.seconds(600)

    private let catalogue: Catalogue
    private let existing: ExistingProducts
    private let isClosed = Mutex(false)

    package init(_ client: MagentoClient) {
        catalogue = client.catalogue
        existing = client.existingProducts
    }

    /// Throws `Diagnostic`.
    package func changedKeys(since moment: UTCInstant?, atMost limit: Int) async throws -> ChangedKeys {
        let changed = try await catalogue.changed(since: moment?.adding(.zero - Self.overlap), atMost: limit)
        return ChangedKeys(
            folded: changed.entries.map { entries in Set(entries.map { RecordKey.folded(Array($0.sku.utf8)[...]) }) }, upTo: changed.upTo)
    }

    /// Throws `Diagnostic`.
    package func lookUp(_ asked: [UnconfirmedKey]) async throws -> [RecordKey: KeyLookup] {
        var standings = [RecordKey: KeyLookup](minimumCapacity: asked.count)
        for (key, spelling) in try await stillThere(asked) { standings[key] = .known(spelling: spelling) }
        let rest = asked.map(\.key).filter { standings[$0] == nil }
        guard !rest.isEmpty else { return standings }
        return try await catalogue.lookUp(rest).merging(standings) { _, known in known }
    }

    /// The known ones that the cheap question finds, each with the shop's spelling as it was remembered.
    private func stillThere(_ asked: [UnconfirmedKey]) async throws -> [(RecordKey, RecordKey)] {
        guard !isClosed.withLock({ $0 }) else { return [] }
        let known = asked.filter(\.isKnown).map { known in
            (key: known.key, spelling: (try? StockValue(encoded: known.value))?.spelling ?? known.key)
        }
        guard !known.isEmpty else { return [] }
        switch try await existing.find(known.map(\.spelling.text)) {
        case .these(let found): return known.filter { found.contains($0.spelling.text) }
        case .unavailable:
            isClosed.withLock { $0 = true }
            return []
        }
    }
}
