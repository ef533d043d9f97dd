package import Domain
import Foundation
import GRDB

extension LedgerWriter {
    /// Writes a consignment down: from here on it leaves exactly so, or not at all.
    package func add(
        consignment sequence: Int64, flow: String, run: Int64, entity: String, folder: String, name: String, hash: ContentHash,
        size: Int64, documents: Int, state: Consignment.State, at now: UTCInstant
    ) throws -> Consignment {
        try db.execute(
            sql: """
                INSERT INTO consignment (flow, run, entity, sequence, folder, name, hash, size, documents, state, packed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                flow, run, entity, sequence, folder, name, hash.hex, size, documents, state.word, now.milliseconds,
            ]
        )
        return Consignment(
            id: db.lastInsertedRowID, flow: flow, run: run, entity: entity, sequence: sequence, folder: folder, name: name,
            hash: hash, size: size, documents: documents, state: state, packed: now
        )
    }

    /// Puts a document into a consignment. The database refuses one that has left before, unless a person ordered it.
    package func consign(
        _ document: OutboxDocument, to consignment: Int64, position: Int, total: ExactDecimal, reference: String? = nil,
        told: EncodedValue? = nil
    ) throws {
        try db.execute(
            sql: "INSERT INTO consigned (consignment, document, position, total, resent, told) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                consignment, document.id, position, total.description, document.resend == nil ? 0 : 1, told.map { Data($0) },
            ]
        )
        if let reference { try db.execute(sql: "UPDATE outbox SET reference = ? WHERE id = ?", arguments: [reference, document.id]) }
        var document = document
        document.standing = .packed
        document.reason = nil
        document.resend = nil
        try update(document)
    }

    /// - Parameter token: of the lease under which the next step is about to be begun at the endpoint. Where another one had begun
    ///   there before, something of it may still be left.
    package func set(consignment: Int64, to state: Consignment.State, evidence: String? = nil, token: Int64? = nil) throws {
        try db.execute(
            sql: """
                UPDATE consignment SET state = ?1, evidence = coalesce(?2, evidence), token = coalesce(?3, token),
                  leftovers = CASE WHEN ?3 <> token THEN 1 ELSE leftovers END WHERE id = ?4
                """,
            arguments: [state.word, evidence, token, consignment]
        )
    }

    /// Nothing of earlier holders is left at the endpoint.
    package func setSwept(consignment: Int64) throws {
        try db.execute(sql: "UPDATE consignment SET leftovers = 0 WHERE id = ?", arguments: [consignment])
    }

    /// The file stands where the ERP takes it: its documents are sent.
    package func setPlaced(_ consignment: Consignment, evidence: String, due: UTCInstant?, at now: UTCInstant) throws {
        try db.execute(
            sql: "UPDATE consignment SET state = 'placed', placed = ?, due = ?, evidence = ? WHERE id = ?",
            arguments: [now.milliseconds, due?.milliseconds, evidence, consignment.id]
        )
        try db.execute(
            sql: """
                UPDATE outbox SET standing = 'sent' WHERE standing = 'packed'
                AND id IN (SELECT document FROM consigned WHERE consignment = ?)
                """,
            arguments: [consignment.id]
        )
    }

    /// A consignment that never left is undone: its documents are due again, its number is free again.
    package func discard(_ consignment: Consignment, because text: String) throws {
        try set(consignment: consignment.id, to: .discarded, evidence: text)
        try db.execute(
            sql: """
                UPDATE outbox SET
                  standing = CASE WHEN EXISTS (SELECT 1 FROM consigned c WHERE c.document = outbox.id AND c.discarded = 0
                    AND c.consignment <> ?) THEN 'sent' ELSE 'due' END
                WHERE standing = 'packed' AND id IN (SELECT document FROM consigned WHERE consignment = ?)
                """,
            arguments: [consignment.id, consignment.id]
        )
        try db.execute(sql: "UPDATE consigned SET discarded = 1 WHERE consignment = ?", arguments: [consignment.id])
    }
}

extension LedgerReader {
    /// The number that the flow's next consignment gets.
    package func nextSequence(flow: String) throws -> Int64 {
        try Int64.fetchOne(
            db, sql: "SELECT coalesce(max(sequence), 0) + 1 FROM consignment WHERE flow = ? AND state <> 'discarded'",
            arguments: [flow]
        ) ?? 1
    }

    /// Those that have not come to stand in the inbox yet, in the order of their numbers.
    package func unplacedConsignments(flow: String) throws -> [Consignment] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM consignment WHERE flow = ? AND state IN ('held', 'packed', 'sending', 'renaming', 'announcing')
                ORDER BY sequence
                """,
            arguments: [flow]
        ).compactMap(Consignment.init)
    }

    /// Those in the inbox without an answer yet, oldest first.
    package func unacknowledgedConsignments(flow: String) throws -> [Consignment] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM consignment WHERE flow = ? AND state = 'placed' AND due IS NOT NULL ORDER BY sequence",
            arguments: [flow]
        ).compactMap(Consignment.init)
    }

    /// Those that came to rest after more than one holder had worked on them, before the lease `token`.
    package func consignmentsToSweep(flow: String, before token: Int64) throws -> [Consignment] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM consignment WHERE flow = ? AND leftovers = 1 AND token < ? AND state IN ('placed', 'acknowledged', 'discarded')
                ORDER BY sequence
                """,
            arguments: [flow, token]
        ).compactMap(Consignment.init)
    }

    package func consignment(_ id: Int64) throws -> Consignment? {
        try Row.fetchOne(db, sql: "SELECT * FROM consignment WHERE id = ?", arguments: [id]).flatMap(Consignment.init)
    }

    package func consignment(run: Int64) throws -> Consignment? {
        try Row.fetchOne(db, sql: "SELECT * FROM consignment WHERE run = ?", arguments: [run]).flatMap(Consignment.init)
    }

    /// The latest, newest first.
    package func recentConsignments(flow: String? = nil, limit: Int) throws -> [Consignment] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM consignment WHERE (? IS NULL OR flow = ?) ORDER BY id DESC LIMIT ?",
            arguments: [flow, flow, limit]
        ).compactMap(Consignment.init)
    }

    /// Files that left or were about to, oldest first.
    package func begunConsignments(_ body: (Consignment) throws -> Void) throws {
        let sql = "SELECT * FROM consignment WHERE state NOT IN ('held', 'packed', 'discarded') ORDER BY id"
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() { if let consignment = Consignment(row) { try body(consignment) } }
    }

    /// Whether a file of the flow with this name and these bytes has left or is about to.
    package func knows(_ file: Consignment) throws -> Bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM consignment WHERE flow = ? AND name = ? AND hash = ?)"
        return try Bool.fetchOne(db, sql: sql, arguments: [file.flow, file.name, file.hash.hex]) ?? false
    }

    /// What is in a consignment, in the file's order.
    package func consigned(in consignment: Int64) throws -> [ConsignedDocument] {
        try consigned(sql: "c.consignment = ? ORDER BY c.position", consignment)
    }

    /// Every consignment that a document was in, oldest first.
    package func consigned(document: Int64) throws -> [ConsignedDocument] {
        try consigned(sql: "c.document = ? AND c.discarded = 0 ORDER BY c.consignment", document)
    }

    private func consigned(sql condition: StaticString, _ id: Int64) throws -> [ConsignedDocument] {
        let query = "SELECT c.*, o.identity, o.reference FROM consigned c JOIN outbox o ON o.id = c.document WHERE " + "\(condition)"
        return try Row.fetchAll(db, sql: query, arguments: [id]).map { row in
            ConsignedDocument(
                consignment: row["consignment"], document: row["document"], identity: RecordKey(row["identity"] as Data), reference: row["reference"],
                position: row["position"], total: ExactDecimal(plain: row["total"] as String) ?? .zero,
                isResent: row["resent"], acknowledged: (row["acknowledged"] as Int64?).map { UTCInstant(milliseconds: $0) },
                erpNumber: row["erp_number"], refusal: row["refusal"], told: (row["told"] as Data?).map { Array($0) }
            )
        }
    }
}
