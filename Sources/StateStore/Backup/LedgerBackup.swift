import Domain
import GRDB
import Glibc

/// A copy of the ledger in one file: consistent, for its owner alone, flushed to the disk and proven before it has its name.
///
/// Whoever finds a file under the name of a backup can restore it: a copy that was interrupted, or cannot be read back, never gets one.
package enum LedgerBackup {
    /// What becomes of a file that has the name already.
    enum Existing { case kept, replaced }

    /// Safe while others write (never a file copy: the WAL holds part of the data), and while others copy to the same name: they take turns.
    /// - Parameter isMeant: whether the finished copy is the one that is wanted; one that is not is removed, and nothing is replaced.
    /// - Throws: `BACKUP-EXISTS` and `BACKUP-FAILED`.
    static func write(
        _ queue: DatabaseQueue, to target: String, existing: Existing = .kept, isMeant: (Database) throws -> Bool = { _ in true }
    ) throws {
        let part = target + ".part"
        let number = try takeTurn(at: part, shownAs: target)
        defer { close(number) }
        do {
            guard existing == .replaced || access(target, F_OK) != 0 else { throw exists(target) }
            // What an interrupted copy left. An empty file is as good as none to SQLite, and this one nobody else can read.
            guard ftruncate(number, 0) == 0, fchmod(number, 0o600) == 0 else { throw failure(target) }
            try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [part]) }
            guard fsync(number) == 0 else { throw failure(target) }
            guard try prove(part, shownAs: target, isMeant) else {
                unlink(part)
                return
            }
            try name(part, target, existing)
        } catch {
            unlink(part)
            if let error = error as? DatabaseError { throw LedgerFailure.diagnostic(error, path: target) }
            throw error
        }
    }

    /// Opens the unfinished file and holds it alone until it is closed: whoever came second would write into, or name, another's copy.
    private static func takeTurn(at part: String, shownAs target: String) throws -> Int32 {
        while true {
            let number = open(part, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard number >= 0 else { throw failure(target) }
            while flock(number, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    close(number)
                    throw failure(target)
                }
            }
            var (held, named) = (stat(), stat())
            if fstat(number, &held) == 0, lstat(part, &named) == 0, held.st_ino == named.st_ino, held.st_dev == named.st_dev { return number }
            // The one before has finished and given the file its name, or removed it.
            close(number)
        }
    }

    /// Reads every page of a copy. Throws `BACKUP-FAILED` with what is wrong.
    private static func prove(_ path: String, shownAs target: String, _ isMeant: (Database) throws -> Bool) throws -> Bool {
        var configuration = Configuration()
        configuration.readonly = true
        let copy = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? copy.close() }
        let damage = try copy.read { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
                + (Row.fetchOne(db, sql: "PRAGMA foreign_key_check") == nil ? [] : ["its books do not balance"])
        }
        guard let first = damage.first else { return try copy.read(isMeant) }
        throw Diagnostic(
            "BACKUP-FAILED", "the copy cannot be read back: \(first)", at: .init(file: target),
            fix: "Run `tallyman doctor`: it says whether the ledger itself is whole. Then check the disk the backups are on")
    }

    /// A disk without links, such as a mounted share, gets a plain rename.
    private static func name(_ part: String, _ target: String, _ existing: Existing) throws {
        if existing == .kept, link(part, target) == 0 {
            unlink(part)
        } else {
            guard existing == .replaced || errno != EEXIST else { throw exists(target) }
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
