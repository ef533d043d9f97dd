package import Domain
import Foundation
import GRDB

/// A file that we hold byte for byte, named by its hash.
package struct Delivery: Hashable, Sendable {
    /// How it came: fetched, given on the command line, made of records an operator retries, or made here to leave.
    package enum Origin: String, Sendable { case endpoint, file, retry, outbox }

    package var id: Int64
    package var flow: String
    package var hash: ContentHash
    package var size: Int64
    package var folder: String
    package var name: [UInt8]
    package var modified: UTCInstant
    package var received: UTCInstant
    package var origin: Origin
    /// What the sender's control file said of it; `nil` where there was none.
    package var claim: Claim?

    /// What a control file says of the file it vouches for. It is kept with the delivery, so that it is checked in whatever attempt.
    package struct Claim: Hashable, Sendable {
        package enum Statement: Hashable, Sendable {
            case done
            case records(Int)
            case hash(ContentHash)
        }

        /// The control file's name.
        package var source: String
        package var statement: Statement

        package init(source: String, _ statement: Statement) {
            self.source = source
            self.statement = statement
        }
    }

    package var displayName: String { Escaped(name).description }
}

extension LedgerWriter {
    package func addDelivery(
        flow: String,
        hash: ContentHash,
        size: Int64,
        folder: String,
        name: [UInt8],
        modified: UTCInstant,
        received: UTCInstant,
        origin: Delivery.Origin,
        claim: Delivery.Claim? = nil
    ) throws -> Delivery {
        try db.execute(
            sql: """
                INSERT INTO delivery (flow, hash, size, folder, name, modified, received, origin, claim, claimed_by)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                flow, hash.hex, size, folder, Data(name), modified.milliseconds, received.milliseconds, origin.rawValue,
                claim?.statement.text, claim?.source,
            ]
        )
        return Delivery(
            id: db.lastInsertedRowID, flow: flow, hash: hash, size: size, folder: folder, name: name,
            modified: modified, received: received, origin: origin, claim: claim
        )
    }
}

extension LedgerReader {
    /// The latest files of a name, or whose SHA-256 begins so, with the run of each.
    package func deliveries(named text: String, limit: Int) throws -> [(delivery: Delivery, run: Int64?)] {
        let isHash = text.utf8.count >= 8 && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT d.*, (SELECT max(id) FROM run WHERE run.delivery = d.id AND run.flow = d.flow) AS run FROM delivery d
                WHERE d.name = ?1 OR (?2 IS NOT NULL AND d.hash >= ?2 AND d.hash < ?2 || 'g') ORDER BY d.id DESC LIMIT ?3
                """,
            arguments: [Data(text.utf8), isHash ? text : nil, limit]
        ).compactMap { row in Delivery(row).map { (delivery: $0, run: row["run"]) } }
    }

    /// What came from the ERP or by hand, newest first; a page of it before `id`.
    package func deliveries(flow: String?, before id: Int64, limit: Int) throws -> [(delivery: Delivery, run: Run?)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM delivery WHERE id < ?1 AND (?2 IS NULL OR flow = ?2) AND origin IN ('endpoint', 'file') ORDER BY id DESC LIMIT ?3
                """,
            arguments: [id, flow, limit]
        ).compactMap { row in
            try Delivery(row).map { delivery in
                let sql = "SELECT * FROM run WHERE flow = ? AND delivery = ? ORDER BY id DESC LIMIT 1"
                return (delivery: delivery, run: try Row.fetchOne(db, sql: sql, arguments: [delivery.flow, delivery.id]).flatMap(Run.init))
            }
        }
    }

    package func delivery(_ id: Int64) throws -> Delivery? {
        try Row.fetchOne(db, sql: "SELECT * FROM delivery WHERE id = ?", arguments: [id]).flatMap(Delivery.init)
    }

    /// What came from the ERP or by hand, oldest first.
    package func receivedFiles(_ body: (Delivery) throws -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM delivery WHERE origin IN ('endpoint', 'file') ORDER BY id")
        while let row = try rows.next() { if let delivery = Delivery(row) { try body(delivery) } }
    }

    /// Whether the same file came at some time: for the flow, of that name and moment, with those bytes.
    package func knows(_ file: Delivery) throws -> Bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM delivery WHERE hash = ? AND flow = ? AND name = ? AND modified = ?)"
        return try Bool.fetchOne(db, sql: sql, arguments: [file.hash.hex, file.flow, Data(file.name), file.modified.milliseconds]) ?? false
    }
}

extension Delivery {
    init?(_ row: Row) {
        guard let hash = ContentHash(hex: row["hash"]), let origin = Origin(rawValue: row["origin"]) else { return nil }
        self.init(
            id: row["id"], flow: row["flow"], hash: hash, size: row["size"], folder: row["folder"],
            name: Array(row["name"] as Data), modified: UTCInstant(milliseconds: row["modified"]),
            received: UTCInstant(milliseconds: row["received"]), origin: origin, claim: Delivery.Claim(row)
        )
    }
}

extension Delivery.Claim {
    fileprivate init?(_ row: Row) {
        guard let text = row["claim"] as String?, let source = row["claimed_by"] as String?, let statement = Statement(text: text) else {
            return nil
        }
        self.init(source: source, statement)
    }
}

extension Delivery.Claim.Statement {
    fileprivate var text: String {
        switch self {
        case .done: "done"
        case .records(let count): "records \(count)"
        case .hash(let hash): "hash \(hash.hex)"
        }
    }

    fileprivate init?(text: String) {
        let parts = text.split(separator: " ")
        switch (parts.first, parts.last) {
        case ("done", _): self = .done
        case ("records", let count?):
            guard let number = Int(count) else { return nil }
            self = .records(number)
        case ("hash", let hex?):
            guard let hash = ContentHash(hex: String(hex)) else { return nil }
            self = .hash(hash)
        default: return nil
        }
    }
}
