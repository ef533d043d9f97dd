import Domain
import Engine

/// What a look at the shelf came to, in words.
struct SaleWords {
    private let found: SaleReconciler.Result

    init(_ found: SaleReconciler.Result) { self.found = found }

    /// `12 products in stock, 1 held by open orders, 2 put back on sale (A, B), 0 that nobody can buy`
    var line: String {
        [
            "\(found.stocked) products in stock", found.spokenFor > 0 ? "\(found.spokenFor) held by open orders" : nil,
            found.mended.isEmpty ? nil : "\(found.mended.count) put back on sale (\(Self.names(found.mended)))",
            "\(found.denied.count) that nobody can buy" + (found.denied.isEmpty ? "" : " (\(Self.names(found.denied)))"),
            found.oversold.isEmpty ? nil : "\(found.oversold.count) sold beyond what there is (\(Self.amounts(found.oversold)))",
            found.strays.map {
                $0.isEmpty ? "no reservation without an open order" : "\($0.count) reserved otherwise than open orders hold (\(Self.amounts($0)))"
            },
        ].compactMap { $0 }.joined(separator: ", ")
    }

    /// Empty where all is well.
    var alarm: String {
        [
            found.denied.isEmpty ? nil : "\(found.denied.count) of \(found.stocked) products in stock cannot be bought: \(Self.names(found.denied))",
            found.mended.isEmpty
                ? nil : "\(found.mended.count) had vanished from the shop's index and were put back on sale: \(Self.names(found.mended))",
            found.strays.flatMap { strays in
                strays.isEmpty ? nil : "of \(strays.count) the shop reserves otherwise than open orders hold: \(Self.amounts(strays))"
            },
        ].compactMap { $0 }.joined(separator: "; ")
    }

    private static func amounts(_ found: [RecordKey: ExactDecimal]) -> String {
        let worst = found.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return worst.prefix(3).map { "\(Escaped($0.key.text, limit: 64)): \($0.value)" }.joined(separator: ", ") + (worst.count > 3 ? " …" : "")
    }

    private static func names(_ keys: [RecordKey]) -> String {
        keys.prefix(3).map { "\(Escaped($0.text, limit: 64))" }.joined(separator: ", ") + (keys.count > 3 ? " …" : "")
    }
}
