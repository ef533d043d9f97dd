package import Domain
import Foundation
import GRDB

extension LedgerWriter {
    /// Opens a comparison whose differences are then added. Answers its number.
    package func open(_ reconciliation: Reconciliation) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO reconciliation (flow, entity, at, scope, checked, matched, differing, missing, adopted)
                VALUES (?, ?, ?, ?, 0, 0, 0, 0, ?)
                """,
            arguments: [
                reconciliation.flow, reconciliation.entity, reconciliation.at.milliseconds, reconciliation.scope, reconciliation.isAdopted ? 1 : 0,
            ])
        return db.lastInsertedRowID
    }

    package func add(_ differences: [FoundDifference], to reconciliation: Int64) throws {
        for difference in differences {
            try db.execute(
                sql: "INSERT INTO reconciliation_difference (reconciliation, key, wanted, observed) VALUES (?, ?, ?, ?)",
                arguments: [reconciliation, Data(difference.key.bytes), Data(difference.wanted), difference.observed.map { Data($0) }])
        }
    }

    /// Writes the counts. They must add up.
    package func close(_ reconciliation: Reconciliation) throws {
        try db.execute(
            sql: "UPDATE reconciliation SET checked = ?, matched = ?, differing = ?, missing = ? WHERE id = ?",
            arguments: [
                reconciliation.checked, reconciliation.matched, reconciliation.differing, reconciliation.missing, reconciliation.id,
            ])
        for drift in reconciliation.drifts {
            try db.execute(
                sql: "INSERT INTO reconciliation_drift (reconciliation, place, higher, lower, net) VALUES (?, ?, ?, ?, ?)",
                arguments: [reconciliation.id, drift.place, drift.higher, drift.lower, drift.net.description])
        }
    }

    /// The mirror takes over what the shop holds, so that the next file's plan sends what differs. A value that was sent
    /// meanwhile stays. What the shop does not have any more is forgotten, so that the next file is asked about as about something new. The
    /// file applied last is then no duplicate any more.
    package func adopt(_ differences: [FoundDifference], flow: String, entity: String) throws {
        for difference in differences {
            guard let held = try reader.mirror(entity: entity, key: difference.key), held.value == difference.wanted else { continue }
            guard let observed = difference.observed else {
                try forgetMirror(entity: entity, key: held.key, version: held.version)
                continue
            }
            try setMirror(entity: entity, key: difference.key, value: observed, version: held.version, change: nil)
            try noteMoved(held.key, of: entity)
        }
        try forgetContent(flow: flow, entity: entity)
    }

    /// A file with the content that was applied last is read again: it would change something now.
    package func forgetContent(flow: String, entity: String) throws {
        try db.execute(sql: "UPDATE applied_snapshot SET profile = '' WHERE flow = ? AND entity = ?", arguments: [flow, entity])
    }

    /// Forgets comparisons from before `moment`.
    package func forgetReconciliations(before moment: UTCInstant) throws {
        try db.execute(sql: "DELETE FROM reconciliation WHERE at < ?", arguments: [moment.milliseconds])
    }
}

extension LedgerReader {
    /// Keys for a sample of about `size`: those that were sent last, as fast movers are, and an even spread of all.
    package func sampleKeys(entity: String, size: Int) throws -> [RecordKey] {
        let recent = try Data.fetchAll(
            db, sql: "SELECT key FROM mirror WHERE entity = ? AND change IS NOT NULL ORDER BY change DESC LIMIT ?", arguments: [entity, size / 2])
        let count = try mirrorCount(entity: entity)
        let stride = max(1, count / max(1, size - recent.count))
        let spread = try Data.fetchAll(
            db,
            sql: """
                SELECT key FROM (SELECT key, row_number() OVER (ORDER BY key_hash, key) AS place FROM mirror WHERE entity = ?)
                WHERE place % ? = 0
                """,
            arguments: [entity, stride])
        var seen = Set<Data>()
        return (recent + spread).filter { seen.insert($0).inserted }.prefix(size).map { RecordKey($0) }
    }

    /// The comparison by which the mirror took over the shop's own value of a key, and the value, if it was one.
    package func adoption(entity: String, key: RecordKey) throws -> (reconciliation: Int64, at: UTCInstant, value: EncodedValue)? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT r.id, r.at, d.observed FROM reconciliation r JOIN reconciliation_difference d ON d.reconciliation = r.id
                WHERE r.adopted = 1 AND r.entity = ? AND d.key = ? AND d.observed IS NOT NULL ORDER BY r.id DESC LIMIT 1
                """,
            arguments: [entity, Data(key.bytes)]
        ).map { ($0["id"], UTCInstant(milliseconds: $0["at"]), Array($0["observed"] as Data)) }
    }

    /// The latest comparisons of a flow, newest first.
    package func reconciliations(flow: String? = nil, entity: String? = nil, limit: Int) throws -> [Reconciliation] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM reconciliation WHERE (?1 IS NULL OR flow = ?1) AND (?2 IS NULL OR entity = ?2) ORDER BY id DESC LIMIT ?3
                """,
            arguments: [flow, entity, limit]
        ).map { row in
            var found = Reconciliation(
                id: row["id"], flow: row["flow"], entity: row["entity"], at: UTCInstant(milliseconds: row["at"]), scope: row["scope"],
                isAdopted: row["adopted"] == 1)
            found.matched = row["matched"]
            found.differing = row["differing"]
            found.missing = row["missing"]
            for drift in try Row.fetchAll(
                db, sql: "SELECT * FROM reconciliation_drift WHERE reconciliation = ? ORDER BY place", arguments: [found.id])
            {
                var place = Drift(place: drift["place"])
                place.higher = drift["higher"]
                place.lower = drift["lower"]
                place.net = ExactDecimal(plain: drift["net"] as String) ?? .zero
                found.drifts.append(place)
            }
            return found
        }
    }

    /// The latest comparison of each entity of a flow within a span of time.
    package func latestReconciliations(flow: String, from: UTCInstant, to: UTCInstant) throws -> [Reconciliation] {
        var latest: [Reconciliation] = []
        for found in try reconciliations(flow: flow, limit: 200) where found.at >= from && found.at < to {
            if !latest.contains(where: { $0.entity == found.entity }) { latest.append(found) }
        }
        return latest.sorted { $0.entity < $1.entity }
    }

    package func differences(of reconciliation: Int64, limit: Int) throws -> [FoundDifference] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM reconciliation_difference WHERE reconciliation = ? ORDER BY key LIMIT ?", arguments: [reconciliation, limit]
        ).map { row in
            FoundDifference(
                key: RecordKey(row["key"] as Data), wanted: Array(row["wanted"] as Data), observed: (row["observed"] as Data?).map { Array($0) })
        }
    }
}
