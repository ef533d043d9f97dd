package import Domain
import GRDB

/// The latest that was seen of something.
package struct Reading: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The service's sign of life; value 1 while it runs, 0 after it was stopped in order.
        case heartbeat
        /// A flow's last attempt: text is empty or the code of what stopped it.
        case attempt
        /// Whether another process had the flow when this one asked.
        case busy
        /// A flow's last attempt that came to its end.
        case success
        /// Milliseconds by which the other side's clock is ahead of ours.
        case shopClock = "shop-clock"
        case endpointClock = "endpoint-clock"
        /// Since when the shop's queue has had work that it does not do.
        case queue
        /// The settings file that was not taken over.
        case settings
        /// Milliseconds by which our own clock went back.
        case clockBack = "clock-back"
        /// When the ledger was last copied; the text is the copy's path.
        case backup
        /// The latest attempt at a copy that failed; gone once one succeeds.
        case backupFailed = "backup-failed"
        /// When a flow, or the backups, were first watched at all.
        case watched
        /// How many values of a flow were found in the shop other than they should be; the text says which way.
        case drift
        /// How many products of a flow are in stock and nobody can buy them; the text tells of those that were put back on sale, too.
        case sale
        /// How many of them the latest look has put back on sale.
        case mended
        /// How many orders of a flow do not agree on both sides.
        case orderGaps = "order-gaps"
        /// What a guest saw that must not be seen; empty where nothing.
        case guest
    }

    package var kind: Kind
    package var subject: String
    package var at: UTCInstant
    package var value: Int64
    package var text: String
    /// Since when `text` has been the same.
    package var since: UTCInstant
}

/// What is added up over time.
package enum SampleKind: String, Sendable, CaseIterable {
    /// HTTP 5xx answers, by the minute.
    case serverErrors = "5xx"
    /// What waits in a flow, by the hour.
    case backlog
    /// Products that were sold and are not there, at each comparison of a flow.
    case oversold
}

extension LedgerWriter {
    package func record(reading kind: Reading.Kind, _ subject: String, value: Int64 = 0, text: String = "", at now: UTCInstant) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO reading (kind, subject, at, value, text, since) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (kind, subject) DO UPDATE SET at = excluded.at, value = excluded.value,
                  since = CASE WHEN text = excluded.text THEN since ELSE excluded.at END, text = excluded.text
                """
        ).execute(arguments: [kind.rawValue, subject, now.milliseconds, value, text, now.milliseconds])
    }

    package func forget(_ kind: Reading.Kind, _ subject: String) throws {
        try db.execute(sql: "DELETE FROM reading WHERE kind = ? AND subject = ?", arguments: [kind.rawValue, subject])
    }

    /// Adds to the span of time that `at` begins.
    package func add(_ value: Int64, to kind: SampleKind, _ subject: String, at start: UTCInstant) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO sample (kind, subject, at, value) VALUES (?, ?, ?, ?)
                ON CONFLICT (kind, subject, at) DO UPDATE SET value = value + excluded.value
                """
        ).execute(arguments: [kind.rawValue, subject, start.milliseconds, value])
    }

    /// The first value of a span of time stands for it.
    package func sample(_ value: Int64, of kind: SampleKind, _ subject: String, at start: UTCInstant) throws {
        try db.execute(
            sql: "INSERT INTO sample (kind, subject, at, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [kind.rawValue, subject, start.milliseconds, value]
        )
    }

    package func forgetSamples(_ kind: SampleKind, before moment: UTCInstant) throws {
        try db.execute(sql: "DELETE FROM sample WHERE kind = ? AND at < ?", arguments: [kind.rawValue, moment.milliseconds])
    }

    /// The newest event time of each part of the data that a settled plan brought. It goes back only from a time that cannot be yet.
    package func setWatermarks(flow: String, entity: String, feeds: [String], version: UTCInstant, now: UTCInstant) throws {
        for feed in feeds {
            try db.cachedStatement(
                sql: """
                    INSERT INTO watermark (flow, entity, feed, version) VALUES (?, ?, ?, ?)
                    ON CONFLICT (flow, entity, feed) DO UPDATE SET
                      version = CASE WHEN version > ? THEN excluded.version ELSE max(version, excluded.version) END
                    """
            ).execute(arguments: [flow, entity, feed, version.milliseconds, now.adding(UTCInstant.believableLead).milliseconds])
        }
    }
}

extension LedgerReader {
    package func reading(_ kind: Reading.Kind, _ subject: String) throws -> Reading? {
        try Row.fetchOne(db, sql: "SELECT * FROM reading WHERE kind = ? AND subject = ?", arguments: [kind.rawValue, subject])
            .map { Reading($0, kind) }
    }

    package func readings(_ kind: Reading.Kind) throws -> [Reading] {
        try Row.fetchAll(db, sql: "SELECT * FROM reading WHERE kind = ? ORDER BY subject", arguments: [kind.rawValue])
            .map { Reading($0, kind) }
    }

    package func total(of kind: SampleKind, _ subject: String, since moment: UTCInstant) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT coalesce(sum(value), 0) FROM sample WHERE kind = ? AND subject = ? AND at >= ?",
            arguments: [kind.rawValue, subject, moment.milliseconds]
        ) ?? 0
    }

    /// Of a span of time, how often was looked and the highest of what was seen, whoever's it is.
    package func peak(of kind: SampleKind, from: UTCInstant, to: UTCInstant) throws -> (looks: Int, highest: Int) {
        let row = try Row.fetchOne(
            db, sql: "SELECT count(*), coalesce(max(value), 0) FROM sample WHERE kind = ? AND at >= ? AND at < ?",
            arguments: [kind.rawValue, from.milliseconds, to.milliseconds])
        return (row?[0] ?? 0, row?[1] ?? 0)
    }

    /// Ascending by value.
    package func samples(of kind: SampleKind, _ subject: String, before moment: UTCInstant) throws -> [Int64] {
        try Int64.fetchAll(
            db, sql: "SELECT value FROM sample WHERE kind = ? AND subject = ? AND at < ? ORDER BY value",
            arguments: [kind.rawValue, subject, moment.milliseconds]
        )
    }

    package func watermarks(flow: String) throws -> [(entity: String, feed: String, version: UTCInstant)] {
        try Row.fetchAll(db, sql: "SELECT * FROM watermark WHERE flow = ? ORDER BY entity, feed", arguments: [flow]).map {
            (entity: $0["entity"], feed: $0["feed"], version: UTCInstant(milliseconds: $0["version"]))
        }
    }
}

extension Reading {
    fileprivate init(_ row: Row, _ kind: Kind) {
        self.init(
            kind: kind, subject: row["subject"], at: UTCInstant(milliseconds: row["at"]), value: row["value"],
            text: row["text"], since: UTCInstant(milliseconds: row["since"])
        )
    }
}
