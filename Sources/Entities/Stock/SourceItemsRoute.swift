import Domain
import Magento

/// `inventory/source-items`: all of a call or nothing, whatever line was wrong.
struct SourceItemsRoute: BatchRoute {
    let name = "source-items"
    let sourceItems: SourceItems
    /// The codes of the mapped MSI sources; no other row is read.
    let sources: [String]

    func save(_ patches: [StockPatch]) async -> BatchAnswer {
        switch await sourceItems.save(patches.flatMap(\.rows)) {
        case .done: .done
        case .notDone(let refusal): .notDone(refusal)
        case .unknown(let refusal): .unknown(refusal)
        }
    }

    func held(_ patches: [StockPatch]) async throws -> [SourceItem] { try await sourceItems.find(patches.map(\.sku), sources: sources) }

    func isHeld(_ patch: StockPatch, in items: [SourceItem]) -> Bool { patch.isHeld(in: items) }

    func readBack(_ patch: StockPatch) -> String { patch.readBack }

    func rejection(_ patch: StockPatch, _ said: [String]) -> RejectReason { patch.rejection(said.joined(separator: "; ")) }
}

extension StockPatch: BatchPiece {
    var deletionCount: Int { 0 }
    var rowCount: Int { rows.count }
}
