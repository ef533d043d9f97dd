package import Domain
package import Magento

/// What the appliers of base prices, special prices and costs have in common: rows of a store view, read and written by SKU.
package protocol PriceApplying: AbsoluteApplier {
    associatedtype Row: PriceRow

    static var kind: PriceKind { get }
    /// `products/base-prices`: the route that is written to.
    static var route: String { get }
    var client: MagentoClient { get }
    var sizer: BatchSizer { get }
    /// The shop's rows of these products. Throws `Diagnostic`.
    func read(_ skus: [String]) async throws -> [Row]
    /// A product's rows as the value that they are.
    func value(_ rows: [Row]) -> PriceValue
}

extension PriceApplying {
    package var batchSize: Int { get async { sizer.rows } }

    package var batchesInFlight: Int { get async { client.pace.control(Self.route).calls } }

    package func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup] {
        try await PriceStandings(client: client, kind: Self.kind).lookUp(keys)
    }

    package func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws {
        try await PriceStandings(client: client, kind: Self.kind).all { skus in
            let rows = Dictionary(grouping: try await read(skus), by: \.sku)
            let values = skus.compactMap { sku in
                rows[sku].map { ObservedValue(key: RecordKey(sku), value: value($0).encoded) }
            }
            if !values.isEmpty { try await visit(values) }
        }
    }

    package func readBack(_ changes: [Change]) async throws -> [ObservedValue] {
        let rows = Dictionary(grouping: try await read(changes.map(PriceChange.sku)), by: \.foldedSKU)
        return changes.map { change in
            let found = rows[RecordKey.folded(Array(PriceChange.sku(change).utf8)[...])] ?? []
            return ObservedValue(key: change.key, value: value(found).encoded)
        }
    }
}

/// A planned change with its values decoded.
struct PriceChange: Sendable {
    let index: Int
    let sku: String
    let before: PriceValue?
    let after: PriceValue

    /// What the column holds; longer SKUs are cut without a word.
    private static let longestSKU = 64

    init(_ change: Change, index: Int) throws(RejectReason) {
        guard let after = try? PriceValue(encoded: change.after) else {
            throw RejectReason(
                "PRICE-UNREADABLE", value: change.key.description, "The planned value cannot be read",
                fix: "Plan the file again; the ledger may come from another version")
        }
        self.index = index
        self.after = after
        before = change.before.flatMap { try? PriceValue(encoded: $0) }
        sku = (after.spelling ?? change.key).text
        guard sku.unicodeScalars.count <= Self.longestSKU else {
            throw RejectReason(
                "SKU-LONG", value: change.key.description, "The SKU is longer than the 64 characters that Magento keeps",
                fix: "Shorten the SKU in the shop and in the ERP")
        }
    }

    /// The SKU in the shop's spelling.
    static func sku(_ change: Change) -> String {
        ((try? PriceValue(encoded: change.after))?.spelling ?? change.key).text
    }

    static func unknownPlace(_ place: PricePlace) -> RejectReason {
        RejectReason(
            "WEBSITE-GONE", value: Escaped(place.name).description, "The shop has no website with the code \(Escaped(place.name))",
            fix: "Correct websites in the settings")
    }
}
