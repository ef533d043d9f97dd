package import Domain
import Foundation
import GRDB

extension LedgerWriter {
    /// Writes answers down. What was answered once stays as it was answered first (reliability D6). Answers the documents that
    /// were refused now. The consignment is acknowledged when each of its documents is.
    package func acknowledge(
        _ consignment: Consignment, _ answers: [DocumentAnswer], evidence: String, at now: UTCInstant
    ) throws -> [DocumentAnswer] {
        var refused: [DocumentAnswer] = []
        for answer in answers {
            try db.execute(
                sql: """
                    UPDATE consigned SET acknowledged = ?, erp_number = ?, refusal = ? WHERE consignment = ? AND acknowledged IS NULL
                    AND document = (SELECT id FROM outbox WHERE flow = ? AND identity = ?)
                    """,
                arguments: [
                    now.milliseconds, answer.erpNumber, answer.refusal, consignment.id, consignment.flow,
                    Data(answer.identity.bytes),
                ]
            )
            if db.changesCount == 1, answer.refusal != nil { refused.append(answer) }
        }
        let open =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM consigned WHERE consignment = ? AND acknowledged IS NULL", arguments: [consignment.id]
            ) ?? 0
        if open == 0 {
            try db.execute(
                sql: "UPDATE consignment SET state = 'acknowledged', acknowledged = ?, evidence = ? WHERE id = ? AND state = 'placed'",
                arguments: [now.milliseconds, evidence, consignment.id]
            )
        }
        return refused
    }

    /// The shop has this number, or never will: it is not to be entered again.
    package func numberEntered(flow: String, _ document: NumberedDocument, at now: UTCInstant) throws {
        try db.execute(
            sql: """
                UPDATE consigned SET entered = ? WHERE erp_number = ? AND entered IS NULL
                AND document = (SELECT id FROM outbox WHERE flow = ? AND identity = ?)
                """,
            arguments: [now.milliseconds, document.number, flow, Data(document.identity.bytes)]
        )
    }
}

extension LedgerReader {
    /// Files whose acknowledgement is late at `moment`, oldest first. Nothing follows from it by itself: a person looks, and a
    /// document leaves again only by a person's order (reliability D9).
    package func overdueConsignments(at moment: UTCInstant, flow: String? = nil) throws -> [Consignment] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM consignment WHERE state = 'placed' AND due IS NOT NULL AND due <= ? AND (? IS NULL OR flow = ?)
                ORDER BY due, id
                """,
            arguments: [moment.milliseconds, flow, flow]
        ).compactMap(Consignment.init)
    }

    /// Numbers that the ERP gave and the shop does not have yet, in the order of the files.
    package func numbersToEnter(flow: String, limit: Int) throws -> [NumberedDocument] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT o.place, o.identity, c.erp_number FROM consigned c JOIN outbox o ON o.id = c.document
                WHERE c.erp_number IS NOT NULL AND c.entered IS NULL AND o.flow = ? ORDER BY c.consignment, c.position LIMIT ?
                """,
            arguments: [flow, limit]
        ).map { NumberedDocument(place: $0["place"], identity: RecordKey($0["identity"] as Data), number: $0["erp_number"]) }
    }

    /// Which of the flow's documents the ERP calls by this number.
    package func outboxDocument(flow: String, erpNumber: String) throws -> OutboxDocument? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT o.* FROM outbox o JOIN consigned c ON c.document = o.id WHERE o.flow = ? AND c.erp_number = ?
                ORDER BY c.consignment DESC LIMIT 1
                """,
            arguments: [flow, erpNumber]
        ).flatMap(OutboxDocument.init)
    }
}
