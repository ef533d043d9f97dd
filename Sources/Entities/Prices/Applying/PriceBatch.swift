import Domain
import Magento

/// A batch of changes as pieces of price calls, and the answers back in the order of the changes.
enum PriceBatch {
    /// `make` gives a change's piece, or the reason for which it cannot be sent.
    static func apply<Row: PriceRow>(
        _ changes: [Change], _ settler: BatchSettler<PriceBatchRoute<Row>>, _ make: (PriceChange) throws(RejectReason) -> PricePiece<Row>
    ) async -> [ChangeAnswer] {
        var answers: [ChangeAnswer?] = changes.map { _ in nil }
        var pieces: [PricePiece<Row>] = []
        for (index, change) in changes.enumerated() {
            do throws(RejectReason) {
                let piece = try make(try PriceChange(change, index: index))
                if piece.isEmpty { answers[index] = .applied(evidence: "the shop holds it already") } else { pieces.append(piece) }
            } catch {
                answers[index] = .rejected(error)
            }
        }
        for (index, answer) in await settler.settle(pieces) { answers[index] = answer }
        return answers.map { $0 ?? .unsettled }
    }
}
