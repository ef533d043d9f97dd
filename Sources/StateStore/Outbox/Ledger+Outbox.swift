package import Domain
import Foundation
import GRDB

/// What a page of a sweep came to.
package struct OutboxNotes: Hashable, Sendable {
    /// Documents for which there is nothing to do now.
    package var unchanged = 0
    /// Documents that were not due before.
    package var due = 0
    package var waiting = 0

    package init() {}

    package static func += (total: inout OutboxNotes, page: OutboxNotes) {
        total.unchanged += page.unchanged
        total.due += page.due
        total.waiting += page.waiting
    }
}

extension LedgerWriter {
    /// Notes what a sweep saw: the set difference against what is known. Safe to repeat.
    package func note(_ sightings: [DocumentSighting], flow: String, at now: UTCInstant) throws -> OutboxNotes {
        var notes = OutboxNotes()
        for seen in sightings {
            let observation = try isTwin(seen, flow: flow) ? seen.asTwin : seen
            guard let known = try reader.outboxDocument(flow: flow, identity: observation.identity) else {
                try noteNew(observation, flow: flow, at: now, &notes)
                continue
            }
            switch known.standing {
            case .waiting, .due, .refused, .withdrawn: try noteOpen(observation, known, at: now, &notes)
            case .packed, .sent:
                guard case .withdrawn(let why) = observation.readiness, known.reason != why else {
                    notes.unchanged += 1
                    continue
                }
                try db.execute(
                    sql: "UPDATE outbox SET reason = ?, news = 'late', modified = ? WHERE id = ?",
                    arguments: [why, observation.modified.milliseconds, known.id]
                )
            }
        }
        return notes
    }

    /// Another document of the shop has the number: it lies elsewhere and was placed at another time. A shop that was moved gives documents
    /// other places, and their times stay.
    private func isTwin(_ observation: DocumentSighting, flow: String) throws -> Bool {
        guard let placed = observation.placed else { return false }
        return try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM outbox WHERE flow = ? AND identity = ? AND place <> ? AND placed IS NOT NULL AND placed <> ?)
                    """),
            arguments: [flow, Data(observation.identity.bytes), observation.place, placed.milliseconds]) ?? false
    }

    private func noteNew(
        _ observation: DocumentSighting, flow: String, at now: UTCInstant, _ notes: inout OutboxNotes
    ) throws {
        let standing: OutboxDocument.Standing
        var reason: String?
        var released: UTCInstant?
        switch observation.readiness {
        case .ready:
            standing = .due
            released = observation.placed ?? observation.modified
            notes.due += 1
        case .waiting(let why):
            (standing, reason) = (.waiting, why)
            notes.waiting += 1
        // Nothing was promised to anyone about it.
        case .withdrawn, .passed: return notes.unchanged += 1
        }
        try db.execute(
            sql: """
                INSERT INTO outbox (flow, identity, place, modified, standing, reason, noted, placed, released) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                flow, Data(observation.identity.bytes), observation.place, observation.modified.milliseconds, standing.rawValue, reason,
                now.milliseconds, observation.placed?.milliseconds, released?.milliseconds,
            ]
        )
    }

    private func noteOpen(
        _ observation: DocumentSighting, _ known: OutboxDocument, at now: UTCInstant, _ notes: inout OutboxNotes
    ) throws {
        var document = known
        document.modified = observation.modified
        document.place = observation.place
        switch observation.readiness {
        case .ready:
            if known.standing != .refused {
                document.standing = .due
                document.reason = nil
                document.news = nil
            }
            if known.standing == .waiting || known.standing == .withdrawn {
                notes.due += 1
                // What waited for its moment has not waited for us.
                try db.execute(
                    sql: "UPDATE outbox SET noted = ?, released = ? WHERE id = ?",
                    arguments: [now.milliseconds, observation.modified.milliseconds, known.id]
                )
            }
        case .waiting(let why):
            document.standing = .waiting
            document.reason = why
            notes.waiting += 1
        case .withdrawn(let why), .passed(let why):
            if known.standing == .withdrawn { notes.unchanged += 1 } else { document.news = .withdrawn }
            document.standing = .withdrawn
            document.reason = why
        }
        guard document != known else { return }
        try update(document)
    }

    package func update(_ document: OutboxDocument) throws {
        try db.execute(
            sql: "UPDATE outbox SET place = ?, modified = ?, standing = ?, reason = ?, news = ?, resend = ? WHERE id = ?",
            arguments: [
                document.place, document.modified.milliseconds, document.standing.rawValue, document.reason,
                document.news?.rawValue, document.resend, document.id,
            ]
        )
    }

    /// Takes the records of a document out of the error queue: it left, or will not, or has another reason now.
    package func closeErrors(of identity: RecordKey, entity: String, flow: String, by run: Int64?) throws {
        try db.execute(
            sql: """
                UPDATE record_outcome SET queue = 'retried', settled_by = ? WHERE queue = 'open' AND entity = ? AND key = ?
                AND run IN (SELECT id FROM run WHERE flow = ?)
                """,
            arguments: [run, entity, Data(identity.bytes), flow]
        )
    }
}

extension LedgerReader {
    package func outboxDocument(flow: String, identity: RecordKey) throws -> OutboxDocument? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM outbox WHERE flow = ? AND identity = ?", arguments: [flow, Data(identity.bytes)]
        ).flatMap(OutboxDocument.init)
    }

    /// The document that left under this short reference.
    package func outboxDocument(flow: String, reference: String) throws -> OutboxDocument? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM outbox WHERE flow = ? AND reference = ?", arguments: [flow, reference]
        ).flatMap(OutboxDocument.init)
    }

    /// The one document that left under this short reference, in whichever flow; `nil` where there is none, or more than one.
    package func outboxIdentity(reference: String) throws -> RecordKey? {
        let found = try Data.fetchAll(
            db.cachedStatement(sql: "SELECT DISTINCT identity FROM outbox WHERE reference = ? LIMIT 2"), arguments: [reference])
        return found.count == 1 ? RecordKey(found[0]) : nil
    }

    /// The document in every flow that knows it.
    package func outboxDocuments(identity: RecordKey) throws -> [OutboxDocument] {
        try Row.fetchAll(db, sql: "SELECT * FROM outbox WHERE identity = ? ORDER BY id", arguments: [Data(identity.bytes)])
            .compactMap(OutboxDocument.init)
    }

    /// Those that a consignment may take now, in the order they became known.
    package func outboxCandidates(flow: String, after id: Int64, limit: Int) throws -> [OutboxDocument] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM outbox WHERE flow = ? AND id > ?
                AND (standing IN ('due', 'refused') OR (standing = 'sent' AND resend IS NOT NULL)) ORDER BY id LIMIT ?
                """,
            arguments: [flow, id, limit]
        ).compactMap(OutboxDocument.init)
    }

    package func outboxDocuments(flow: String, in standing: OutboxDocument.Standing, limit: Int) throws -> [OutboxDocument] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM outbox WHERE flow = ? AND standing = ? ORDER BY id LIMIT ?",
            arguments: [flow, standing.rawValue, limit]
        ).compactMap(OutboxDocument.init)
    }

    /// The document that has been due for longest without standing in the ERP's folder, and since when.
    package func longestDue(flow: String) throws -> (identity: RecordKey, since: UTCInstant)? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT identity, noted FROM outbox WHERE flow = ? AND standing IN ('due', 'packed') ORDER BY noted, id LIMIT 1
                """,
            arguments: [flow]
        ).map { (identity: RecordKey($0["identity"] as Data), since: UTCInstant(milliseconds: $0["noted"])) }
    }

    package func outboxNews(flow: String) throws -> [OutboxDocument] {
        try Row.fetchAll(db, sql: "SELECT * FROM outbox WHERE flow = ? AND news IS NOT NULL ORDER BY id", arguments: [flow])
            .compactMap(OutboxDocument.init)
    }

    package func outboxCounts(flow: String) throws -> [OutboxDocument.Standing: Int] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT standing, count(*) AS count FROM outbox WHERE flow = ? GROUP BY standing", arguments: [flow]
        )
        return rows.reduce(into: [:]) { counts, row in
            if let standing = OutboxDocument.Standing(rawValue: row["standing"]) { counts[standing] = row["count"] }
        }
    }
}
