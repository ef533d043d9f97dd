import Domain
import Magento

/// A price route: it answers 200 with a list of what it left out, and names no line.
struct PriceBatchRoute<Row: PriceRow>: BatchRoute {
    typealias Piece = PricePiece<Row>
    /// The shop's rows by folded SKU.
    typealias Held = [[UInt8]: [Row]]

    /// `base-prices`.
    let name: String
    let saveRows: @Sendable ([Row]) async -> PriceAnswer
    let deleteRows: @Sendable ([Row]) async -> PriceAnswer
    let read: @Sendable ([String]) async throws -> [Row]
    /// For a route that refuses a call for one unknown SKU.
    var lookUp: (@Sendable ([String]) async throws -> Set<[UInt8]>)?

    func delete(_ pieces: [Piece]) async -> BatchAnswer {
        let rows = pieces.flatMap(\.deletions)
        return rows.isEmpty ? .done : Self.answer(await deleteRows(rows), [])
    }

    func save(_ pieces: [Piece]) async -> BatchAnswer { Self.answer(await saveRows(pieces.flatMap(\.rows)), pieces) }

    func held(_ pieces: [Piece]) async throws -> Held { Dictionary(grouping: try await read(pieces.map(\.sku)), by: \.foldedSKU) }

    func isHeld(_ piece: Piece, in held: Held) -> Bool { piece.isHeld(held[RecordKey.folded(Array(piece.sku.utf8)[...])] ?? []) }

    func known(_ skus: [String]) async throws -> Set<[UInt8]>? { try await lookUp?(skus) }

    func rejection(_ piece: Piece, _ said: [String]) -> RejectReason {
        RejectReason(
            "SHOP-REFUSED", value: Escaped(piece.sku, limit: 80).description, "Magento refuses the line: \(said.joined(separator: "; "))",
            fix: "Correct the value at its source, or the website and group in the settings, then retry")
    }

    /// Failures are laid to the pieces whose rows they speak of for certain.
    private static func answer(_ answer: PriceAnswer, _ pieces: [Piece]) -> BatchAnswer {
        switch answer {
        case .notDone(let refusal): return .notDone(refusal)
        case .unknown(let refusal): return .unknown(refusal)
        case .done(let failures):
            guard !failures.isEmpty else { return .done }
            let owners = pieces.flatMap { piece in piece.rows.map { _ in piece.index } }
            var blamed: [Int: [String]] = [:]
            for (owner, verdict) in zip(owners, PriceFailures.judge(failures, of: pieces.flatMap(\.rows))) {
                if case .refused(let failures) = verdict { blamed[owner, default: []] += failures.map(\.rendered) }
            }
            return .partly(blamed: blamed, said: failures.map(\.rendered))
        }
    }
}

extension PricePiece: BatchPiece {
    var deletionCount: Int { deletions.count }
    var rowCount: Int { rows.count }
}
