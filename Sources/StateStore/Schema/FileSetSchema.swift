import GRDB

/// Schema 8: sets of files, and whose clock a file's time is of. A manifest is a file of its folder like any other; what it names belongs to it once the set is whole.
enum FileSetSchema {
    static func create(_ db: Database) throws {
        // The manifest's row, for a file of its set.
        try db.execute(sql: "ALTER TABLE file_drop ADD COLUMN file_set INTEGER REFERENCES file_drop (id)")
        // From when on its waiting is an alarm, where that is not the same for all files.
        try db.execute(sql: "ALTER TABLE file_drop ADD COLUMN due INTEGER")
        // Of a manifest: the moment that its set is of, once it was found whole.
        try db.execute(sql: "ALTER TABLE file_drop ADD COLUMN set_moment INTEGER")
        // Of a manifest: the files that were found wrong, so that the same are not fetched again.
        try db.execute(sql: "ALTER TABLE file_drop ADD COLUMN set_refused TEXT")
        // Whether its time is that of our own clock, because the server says none.
        try db.execute(sql: "ALTER TABLE file_drop ADD COLUMN own_time INTEGER NOT NULL DEFAULT 0 CHECK (own_time IN (0, 1))")
        try db.execute(sql: "CREATE INDEX file_drop_set ON file_drop (file_set) WHERE file_set IS NOT NULL")
        try db.execute(sql: "CREATE INDEX file_drop_manifest ON file_drop (folder, name) WHERE set_moment IS NOT NULL")
    }
}
