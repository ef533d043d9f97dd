import Domain
import Foundation
import Glibc
import StateStore

/// The ledger's place in the state folder, and the mark that says which ledger belongs there.
///
/// A ledger that is missing, empty or another one beside a folder that was used is an error, never a new beginning: without its books every
/// order would leave again and every file be applied again (decision 0072).
struct LedgerPlace {
    let folder: String

    var path: String { "\(folder)/ledger.db" }
    private var mark: String { "\(folder)/ledger.id" }
    /// Touched by the console with each order; the unit `tallyman-act@` waits for it.
    var ordered: String { "\(folder)/ordered" }

    /// Opens the ledger that belongs here; a new one where nothing was ever done here.
    func open(boundary: Boundary = .open) throws -> Ledger {
        let known = identity
        if size == 0 {
            guard known == nil, !isSpoolUsed else { throw missing }
        }
        let ledger = try Ledger(path: path, boundary: boundary)
        let (found, isUnused) = try ledger.read { (try $0.identity(), try $0.isUnused()) }
        if let known {
            guard known == found else { throw foreign(isUnused ? "new" : "another one") }
        } else {
            guard !isUnused || !isSpoolUsed else { throw foreign("new") }
            if let found { try note(found) }
        }
        return ledger
    }

    /// The identity of the ledger that belongs here; `nil` where none was noted yet.
    var identity: String? {
        guard let bytes = FileManager.default.contents(atPath: mark) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }

    /// Once the ledger itself is durable in the folder: a mark that outlived its ledger would keep a first start from beginning.
    func note(_ identity: String) throws {
        let fresh = "\(mark).\(getpid()).new"
        let number = Glibc.open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let bytes = Array((identity + "\n").utf8)
        let isWritten = number >= 0 && write(number, bytes, bytes.count) == bytes.count && fsync(number) == 0
        if number >= 0 { close(number) }
        guard isWritten, Self.flush(folder), rename(fresh, mark) == 0, Self.flush(folder) else {
            unlink(fresh)
            throw Diagnostic(
                "STATE-FOLDER", "the state folder cannot be written", at: .init(file: mark),
                fix: "free space there; it must be owned by the user that runs tallyman, with mode 0700", kind: .transient)
        }
    }

    private static func flush(_ folder: String) -> Bool {
        let number = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { return false }
        defer { close(number) }
        // Some network file systems cannot flush a folder.
        return fsync(number) == 0 || errno == EINVAL
    }

    /// From now on any ledger may belong here.
    func forgetIdentity() { try? FileManager.default.removeItem(atPath: mark) }

    private var size: Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    private var isSpoolUsed: Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/spool")) ?? []
        return names.contains { ContentHash(hex: $0) != nil }
    }

    private static let wayBack =
        "put the last backup in its place with `tallyman restore BACKUP`. Only where there is none and everything "
        + "may be done again: `tallyman restore --begin-anew`"

    private var missing: Diagnostic {
        Diagnostic(
            "LEDGER-MISSING", "the ledger is missing or empty, and this state folder was used before", at: .init(file: path),
            fix: Self.wayBack)
    }

    private func foreign(_ what: String) -> Diagnostic {
        Diagnostic(
            "LEDGER-FOREIGN", "the ledger is \(what), not the one that this state folder was used with", at: .init(file: path),
            fix: Self.wayBack)
    }
}
