package import Domain
import GRDB

/// One outbound file with its documents and its acknowledgement. Number, name and bytes are fixed before the first byte leaves
/// (reliability D4); the bytes are in the spool under their hash.
package struct Consignment: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// Waits for a person's approval.
        case held
        case moving(PlacementStage)
        case acknowledged
        case discarded
    }

    package var id: Int64
    package var flow: String
    package var run: Int64
    package var entity: String
    /// Gap-free per flow, from 1.
    package var sequence: Int64
    package var folder: String
    package var name: String
    package var hash: ContentHash
    package var size: Int64
    package var documents: Int
    package var state: State
    package var packed: UTCInstant
    package var placed: UTCInstant?
    /// When the acknowledgement is late; `nil` where none is agreed.
    package var due: UTCInstant?
    package var acknowledged: UTCInstant?
    /// How it ended, or what stopped it.
    package var evidence: String?
    /// The token of the lease under which something of it was last begun at the endpoint; `nil` before.
    package var token: Int64?
}

/// A document in a consignment, with what the ERP said of it.
package struct ConsignedDocument: Hashable, Sendable {
    package var consignment: Int64
    package var document: Int64
    package var identity: RecordKey
    /// The short number by which the ERP knows it besides.
    package var reference: String?
    package var position: Int
    package var total: ExactDecimal
    /// Whether it had left before and a person ordered it again.
    package var isResent: Bool
    package var acknowledged: UTCInstant?
    package var erpNumber: String?
    /// The ERP's reason for not taking it.
    package var refusal: String?
    /// What its maker wanted kept of it.
    package var told: EncodedValue?
}

extension Consignment.State {
    package var word: String {
        switch self {
        case .held: "held"
        case .moving(let stage): stage.rawValue
        case .acknowledged: "acknowledged"
        case .discarded: "discarded"
        }
    }

    init?(word: String) {
        switch word {
        case "held": self = .held
        case "acknowledged": self = .acknowledged
        case "discarded": self = .discarded
        default:
            guard let stage = PlacementStage(rawValue: word) else { return nil }
            self = .moving(stage)
        }
    }
}

extension Consignment {
    init?(_ row: Row) {
        guard let state = State(word: row["state"]), let hash = ContentHash(hex: row["hash"]) else { return nil }
        self.init(
            id: row["id"], flow: row["flow"], run: row["run"], entity: row["entity"], sequence: row["sequence"],
            folder: row["folder"], name: row["name"], hash: hash, size: row["size"], documents: row["documents"], state: state,
            packed: UTCInstant(milliseconds: row["packed"]), placed: (row["placed"] as Int64?).map { UTCInstant(milliseconds: $0) },
            due: (row["due"] as Int64?).map { UTCInstant(milliseconds: $0) },
            acknowledged: (row["acknowledged"] as Int64?).map { UTCInstant(milliseconds: $0) }, evidence: row["evidence"],
            token: row["token"]
        )
    }
}
