import Domain
import Foundation
import GRDB

extension LedgerReader {
    package func appliedSnapshot(flow: String, entity: String) throws -> AppliedSnapshot? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM applied_snapshot WHERE flow = ? AND entity = ?", arguments: [flow, entity]
        ).flatMap { row in
            guard let hash = ContentHash(hex: row["hash"]) else { return nil }
            return AppliedSnapshot(
                run: row["run"], hash: hash, profile: row["profile"], version: UTCInstant(milliseconds: row["version"]),
                sequence: row["sequence"], records: row["records"],
                header: (row["header"] as String).split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init),
                full: (row["full"] as Int64?).map { UTCInstant(milliseconds: $0) }
            )
        }
    }
}

extension LedgerWriter {
    /// Keeps with a sealed plan what becomes the flow's last applied snapshot once the plan is settled.
    package func setPendingSnapshot(_ snapshot: AppliedSnapshot, run: Int64, entity: String) throws {
        try db.execute(
            sql: "UPDATE plan SET snapshot = ? WHERE run = ? AND entity = ?",
            arguments: [String(decoding: try JSONEncoder().encode(snapshot), as: UTF8.self), run, entity]
        )
    }

    /// Keeps by which profile and settings a plan was made.
    package func set(profile fingerprint: String, run: Int64, entity: String) throws {
        try db.execute(sql: "UPDATE plan SET profile = ? WHERE run = ? AND entity = ?", arguments: [fingerprint, run, entity])
    }

    /// Makes the plan's snapshot the yardstick of the flow. A plan without one (a retry) leaves it as it is, and so does a run
    /// that sends a value of a later day after newer files were applied.
    package func promoteSnapshot(run: Int64, flow: String, entity: String) throws {
        let text = try String.fetchOne(
            db, sql: "SELECT snapshot FROM plan WHERE run = ? AND entity = ?", arguments: [run, entity]
        )
        guard let text else { return }
        let snapshot = try JSONDecoder().decode(AppliedSnapshot.self, from: Data(text.utf8))
        try setAppliedSnapshot(snapshot, flow: flow, entity: entity)
    }

    private func setAppliedSnapshot(_ snapshot: AppliedSnapshot, flow: String, entity: String) throws {
        try db.execute(
            sql: """
                INSERT INTO applied_snapshot (flow, entity, run, hash, profile, version, sequence, records, header, full)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (flow, entity) DO UPDATE SET run = excluded.run, hash = excluded.hash, profile = excluded.profile,
                  version = excluded.version, sequence = excluded.sequence, records = excluded.records, header = excluded.header,
                  full = excluded.full
                WHERE excluded.run >= applied_snapshot.run
                """,
            arguments: [
                flow, entity, snapshot.run, snapshot.hash.hex, snapshot.profile, snapshot.version.milliseconds,
                snapshot.sequence, snapshot.records, snapshot.header.joined(separator: "\u{1F}"), snapshot.full?.milliseconds,
            ]
        )
    }
}

/// The JSON form kept with a plan.
extension AppliedSnapshot: Codable {
    private enum Key: String, CodingKey { case run, hash, profile, version, sequence, records, header, full }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(run, forKey: .run)
        try container.encode(hash.hex, forKey: .hash)
        try container.encode(profile, forKey: .profile)
        try container.encode(version.milliseconds, forKey: .version)
        try container.encodeIfPresent(sequence, forKey: .sequence)
        try container.encode(records, forKey: .records)
        try container.encode(header, forKey: .header)
        try container.encodeIfPresent(full?.milliseconds, forKey: .full)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        guard let hash = ContentHash(hex: try container.decode(String.self, forKey: .hash)) else {
            throw DecodingError.dataCorruptedError(forKey: .hash, in: container, debugDescription: "not a SHA-256")
        }
        self.init(
            run: try container.decode(Int64.self, forKey: .run), hash: hash,
            profile: try container.decode(String.self, forKey: .profile),
            version: UTCInstant(milliseconds: try container.decode(Int64.self, forKey: .version)),
            sequence: try container.decodeIfPresent(Int64.self, forKey: .sequence),
            records: try container.decode(Int.self, forKey: .records),
            header: try container.decode([String].self, forKey: .header),
            full: try container.decodeIfPresent(Int64.self, forKey: .full).map { UTCInstant(milliseconds: $0) }
        )
    }
}
