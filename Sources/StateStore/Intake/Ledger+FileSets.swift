package import Domain
import Foundation
import GRDB

extension LedgerWriter {
    /// It waits for others of its set, or for a manifest; that is an alarm once `due` has come.
    package func hold(drop id: Int64, because reason: String, due: UTCInstant) throws {
        try db.cachedStatement(sql: "UPDATE file_drop SET state = 'waiting', in_hand = 0, rule = ?, due = ? WHERE id = ?")
            .execute(arguments: [reason, due.milliseconds, id])
    }

    /// The files that a manifest names were fetched and are not what it says.
    /// - Parameter files: stands for the manifest and these very files.
    package func refuse(set manifest: Int64, files: String) throws {
        try db.execute(sql: "UPDATE file_drop SET set_refused = ? WHERE id = ?", arguments: [files, manifest])
    }

    /// All files of the set are held and right, in the same transaction as what holds them.
    package func complete(set manifest: Int64, moment: UTCInstant, control: ControlInstance) throws {
        try db.execute(
            sql: """
                UPDATE file_drop SET state = 'processing', in_hand = 0, rule = NULL, set_moment = ?, set_refused = NULL, control = ? WHERE id = ?
                """,
            arguments: [moment.milliseconds, control.text, manifest])
    }

    package func join(drop id: Int64, set manifest: Int64) throws {
        try db.execute(sql: "UPDATE file_drop SET file_set = ? WHERE id = ?", arguments: [manifest, id])
    }
}

extension LedgerReader {
    /// The moment of the set that a delivery came with; `nil` where it came alone.
    package func setMoment(ofDelivery delivery: Int64, flow: String) throws -> UTCInstant? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT m.set_moment FROM file_drop f JOIN file_drop m ON m.id = f.file_set WHERE f.flow = ? AND f.delivery = ?
                ORDER BY f.id DESC LIMIT 1
                """,
            arguments: [flow, delivery]
        ).map { UTCInstant(milliseconds: $0) }
    }

    /// Which files a flow's refused set was made of; `nil` where none of it was.
    package func refusedFiles(ofSet manifest: Int64) throws -> String? {
        try String.fetchOne(db, sql: "SELECT set_refused FROM file_drop WHERE id = ?", arguments: [manifest])
    }

    /// Whether another flow has found the set of this very manifest whole: it may have taken its own files away since.
    package func isComplete(setOf manifest: RemoteFile, in folder: String, besides flow: String) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM file_drop WHERE folder = ? AND name = ? AND size = ? AND modified = ? AND flow <> ?
                  AND set_moment IS NOT NULL)
                """,
            arguments: [folder, Data(manifest.name), manifest.size, manifest.modified.milliseconds, flow]) ?? false
    }

    /// Manifests of the flow whose sets were taken and that have not been settled themselves, where nothing of the set is under way.
    package func settledSets(flow: String) throws -> [FileDrop] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM file_drop m WHERE flow = ? AND state = 'processing' AND set_moment IS NOT NULL AND NOT EXISTS
                  (SELECT 1 FROM file_drop f WHERE f.file_set = m.id AND f.state IN ('waiting', 'downloading', 'staged', 'processing')) ORDER BY id
                """,
            arguments: [flow]
        ).map(FileDrop.init)
    }

    /// The files of a set, as far as they are the flow's.
    package func files(ofSet manifest: Int64) throws -> [FileDrop] {
        try Row.fetchAll(db, sql: "SELECT * FROM file_drop WHERE file_set = ? ORDER BY id", arguments: [manifest]).map(FileDrop.init)
    }

    /// The manifest of the set that a file came with.
    package func manifest(ofDrop drop: Int64) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT file_set FROM file_drop WHERE id = ?", arguments: [drop])
    }
}
