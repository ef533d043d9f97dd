package import Domain
import Endpoints
package import StateStore

/// The answer to "where is this order?": how it stands with each flow, the files it left in with its very bytes, the ERP's answers.
package struct OutboundExplanation: Sendable {
    package struct Leaving: Sendable {
        package var consignment: Consignment
        package var document: ConsignedDocument
        /// What it was told as, in short.
        package var evidence: String
        package var origin: RecordOrigin?
        /// The document's part of the file; `nil` where the spool has let it go.
        package var bytes: [UInt8]?
    }

    package var document: OutboxDocument
    package var leavings: [Leaving]
    package var openErrors: [QueuedError]

    /// A change of an outbound plan in words: `in ORD_000001.csv`.
    package static func words(_ value: EncodedValue) -> String { Escaped(value).description }
}

extension Explainer {
    /// Empty where no outbound flow knows the number.
    package func explain(document identity: RecordKey) throws -> [OutboundExplanation] {
        try reader.outboxDocuments(identity: identity).map { document in
            let leavings = try reader.consigned(document: document.id).compactMap { consigned in
                try reader.consignment(consigned.consignment).map { try leaving($0, consigned) }
            }
            let errors = try reader.openErrors(key: identity, flow: document.flow)
            return OutboundExplanation(document: document, leavings: leavings, openErrors: errors)
        }
    }

    private func leaving(
        _ consignment: Consignment, _ document: ConsignedDocument
    ) throws -> OutboundExplanation.Leaving {
        let change = try reader.changes(entity: consignment.entity, key: document.identity, limit: 100)
            .first { $0.run == consignment.run }
        let origin = change?.origins.first
        let bytes = origin.flatMap { origin in
            try? DeliveryBytes(path: spool.provenPath(of: consignment.hash)).bytes(of: origin)
        }
        return OutboundExplanation.Leaving(
            consignment: consignment, document: document, evidence: change?.evidence ?? "", origin: origin, bytes: bytes)
    }
}
