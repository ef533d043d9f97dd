import Domain
import GRDB
import Glibc

/// A copy of the ledger in one file: consistent, for its owner alone, flushed to the disk and proven before it has its name.
///
/// Whoever finds a file under the name of a backup can restore it: a copy that was interrupted, or cannot be read back, never gets one.
package enum LedgerBackup {
    /// Safe while others write (never a file copy: the WAL holds part of the data). Throws `BACKUP-EXISTS` and `BACKUP-FAILED`.
    static func write(_ queue: DatabaseQueue, to target: String) throws {
        guard access(target, F_OK) != 0 else { throw exists(target) }
        let part = target + ".part"
        unlink(part)
        // An empty file is as good as none to SQLite, and this one nobody else can read.
        let number = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw failure(target) }
        defer { close(number) }
        do {
            try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [part]) }
            guard fsync(number) == 0 else { throw failure(target) }
            try prove(part, shownAs: target)
            try name(part, target)
        } catch {
            unlink(part)
            if let error = error as? DatabaseError { throw LedgerFailure.diagnostic(error, path: target) }
            throw error
        }
    }

    /// Reads every page of a copy. Throws `BACKUP-FAILED` with what is wrong.
    private static func prove(_ path: String, shownAs target: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let copy = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? copy.close() }
        let damage = try copy.read { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
                + (Row.fetchOne(db, sql: "PRAGMA foreign_key_check") == nil ? [] : ["its books do not balance"])
        }
        guard let first = damage.first else { return }
        throw Diagnostic(
            "BACKUP-FAILED", "the copy cannot be read back: \(first)", at: .init(file: target),
            fix: "Run `tallyman doctor`: it says whether the ledger itself is whole. Then check the disk the backups are on")
    }

    /// Never over another file. A disk without links, such as a mounted share, gets a plain rename.
    private static func name(_ part: String, _ target: String) throws {
        if link(part, target) == 0 {
            unlink(part)
        } else {
            guard errno != EEXIST else { throw exists(target) }
            guard rename(part, target) == 0 else { throw failure(target) }
        }
        let folder = target.lastIndex(of: "/").map { String(target[..<$0]) } ?? "."
        let number = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return }
        fsync(number)
        close(number)
    }

    private static func exists(_ target: String) -> Diagnostic {
        Diagnostic("BACKUP-EXISTS", "there is a file of that name already", at: .init(file: target), fix: "Name a new file")
    }

    private static func failure(_ target: String) -> Diagnostic {
        Diagnostic(
            "BACKUP-FAILED", "the backup could not be written: \(String(cString: strerror(errno)))", at: .init(file: target),
            fix: "Check that the folder exists, that this user may write there, and that the disk has room")
    }
}
