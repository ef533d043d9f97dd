import Domain
import GRDB

/// Whether the mirror is still what a plan was compared with.
///
/// Each transaction that writes to an entity's mirror makes a new edition of it. A plan knows the edition it was drafted against, and
/// goes along with those that its own run makes: while nobody else has written, none of its values can have been overtaken,
/// and a million changes need not be held against a million values one by one.
extension LedgerWriter {
    /// Before the first look at the mirror for a plan.
    package func notePlannedMirror(run: Int64, entity: String) throws {
        try db.cachedStatement(
            sql: """
                UPDATE plan SET mirror_edition = coalesce((SELECT edition FROM mirror_edition WHERE entity = ?2), 0)
                WHERE run = ?1 AND entity = ?2
                """
        ).execute(arguments: [run, entity])
    }

    /// After every write to the mirror.
    ///
    /// - Parameter newest: no value that was written says more of its time than this.
    /// - Parameter run: whose plan wrote it; its own values do not overtake it.
    func noteMirrorWritten(entity: String, newest: UTCInstant, by run: Int64? = nil) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO mirror_edition (entity, edition, newest) VALUES (?1, 1, ?2)
                ON CONFLICT (entity) DO UPDATE SET edition = edition + 1, newest = max(newest, excluded.newest)
                """
        ).execute(arguments: [entity, newest.milliseconds])
        guard let run else { return }
        try db.cachedStatement(
            sql: """
                UPDATE plan SET mirror_edition = mirror_edition + 1
                WHERE run = ?1 AND entity = ?2 AND mirror_edition + 1 = (SELECT edition FROM mirror_edition WHERE entity = ?2)
                """
        ).execute(arguments: [run, entity])
    }

    /// No value of the plan can have been overtaken: nobody else has written since it was compared, no value there is of a later time,
    /// and none of its own waits for a day.
    func isMirrorAsPlanned(run: Int64, entity: String) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT p.mirror_edition = coalesce(e.edition, 0) AND coalesce(e.newest, 0) <= p.version
                      AND NOT EXISTS (SELECT 1 FROM change WHERE run = p.run AND due IS NOT NULL)
                    FROM plan p LEFT JOIN mirror_edition e ON e.entity = p.entity WHERE p.run = ?1 AND p.entity = ?2
                    """
            ), arguments: [run, entity]
        ) ?? false
    }
}
