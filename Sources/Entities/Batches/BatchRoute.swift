import Domain
import Magento

/// What one change sends in a batch.
protocol BatchPiece: Sendable {
    /// The change's place in its batch.
    var index: Int { get }
    /// In the catalogue's spelling.
    var sku: String { get }
    /// Rows that are taken away before anything is saved.
    var deletionCount: Int { get }
    /// Rows that are saved.
    var rowCount: Int { get }
}

extension BatchPiece {
    /// What the piece counts for where a call may have so many rows.
    var size: Int { max(rowCount, deletionCount) }
}

/// A route of the shop that takes rows of many products in one call and names no line in what it answers.
protocol BatchRoute: Sendable {
    associatedtype Piece: BatchPiece
    /// What the shop holds of some pieces' products.
    associatedtype Held: Sendable

    /// `source-items`, for evidence.
    var name: String { get }
    /// Takes away what goes before the rows. What is left out of it shows when the shop is read.
    func delete(_ pieces: [Piece]) async -> BatchAnswer
    func save(_ pieces: [Piece]) async -> BatchAnswer
    /// Throws where the shop cannot be read.
    func held(_ pieces: [Piece]) async throws -> Held
    /// Whether the shop holds all that the piece wants.
    func isHeld(_ piece: Piece, in held: Held) -> Bool
    /// How it is known that a piece is held that was found by looking.
    func readBack(_ piece: Piece) -> String
    /// Of these SKUs those that the shop certainly has, folded, by one call; `nil` where the route does not refuse a call for one unknown SKU.
    func known(_ skus: [String]) async throws -> Set<[UInt8]>?
    /// - Parameter said: the shop's words, one or more.
    func rejection(_ piece: Piece, _ said: [String]) -> RejectReason
}

extension BatchRoute {
    func delete(_ pieces: [Piece]) async -> BatchAnswer { .done }
    func readBack(_ piece: Piece) -> String { "read back from \(name)" }
    func known(_ skus: [String]) async throws -> Set<[UInt8]>? { nil }
}

/// What came of a call of a batch.
enum BatchAnswer: Sendable {
    /// All of it, as far as the shop says.
    case done
    /// All but some lines.
    /// - Parameters: what was said of pieces, by their index; and all that was said.
    case partly(blamed: [Int: [String]], said: [String])
    /// Nothing was changed.
    case notDone(Refusal)
    /// It may or may not have been done: look before anything is sent again.
    case unknown(Refusal)
}
