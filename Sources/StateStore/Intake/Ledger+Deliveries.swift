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
        origin: Delivery.Origin
    ) throws -> Delivery {
        try db.execute(
            sql: """
                INSERT INTO delivery (flow, hash, size, folder, name, modified, received, origin)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                flow, hash.hex, size, folder, Data(name), modified.milliseconds, received.milliseconds, origin.rawValue,
            ]
        )
        return Delivery(
            id: db.lastInsertedRowID, flow: flow, hash: hash, size: size, folder: folder, name: name,
            modified: modified, received: received, origin: origin
        )
    }
}

extension LedgerReader {
    package func delivery(_ id: Int64) throws -> Delivery? {
        try Row.fetchOne(db, sql: "SELECT * FROM delivery WHERE id = ?", arguments: [id]).flatMap(Delivery.init)
    }
}

extension Delivery {
    init?(_ row: Row) {
        guard let hash = ContentHash(hex: row["hash"]), let origin = Origin(rawValue: row["origin"]) else { return nil }
        self.init(
            id: row["id"], flow: row["flow"], hash: hash, size: row["size"], folder: row["folder"],
            name: Array(row["name"] as Data), modified: UTCInstant(milliseconds: row["modified"]),
            received: UTCInstant(milliseconds: row["received"]), origin: origin
        )
    }
}
