import Domain
import Engine
import Foundation
import Glibc
import StateStore

/// What a backup has to be before it may take the ledger's place.
struct BackupProof {
    let backup: String
    let place: LedgerPlace

    func proveThere() throws {
        guard !FileManager.default.fileExists(atPath: backup) else { return }
        throw Diagnostic("RESTORE-MISSING", "there is no such backup", at: .init(file: backup), fix: "name a file that `tallyman backup` wrote")
    }

    /// - Parameter ledger: a copy of it, opened.
    func prove(_ ledger: Ledger) throws {
        let damage = try ledger.checkIntegrity()
        let (unbalanced, identity) = try ledger.read { (try $0.unbalancedRuns(), try $0.identity()) }
        guard damage.isEmpty, unbalanced.isEmpty else {
            throw Diagnostic(
                "LEDGER-DAMAGED", damage.first ?? "runs \(unbalanced) of it do not balance", at: .init(file: backup),
                fix: "take an older backup; nothing was changed")
        }
        guard let known = place.identity, known != identity else { return }
        throw Diagnostic(
            "RESTORE-FOREIGN", "the backup is of another ledger than the one that belongs here", at: .init(file: backup),
            fix: "take a backup of this installation. To move to this one for good, remove \(place.folder)/ledger.id first; nothing was changed")
    }
}

/// Another ledger in the place of the present one: made and proven beside it, then put there by one rename, so that at every moment
/// there is either the one or the other.
struct LedgerReplacement {
    let place: LedgerPlace
    let assembly: Assembly
    let who: String

    private static let parts = ["", "-wal", "-shm", "-journal"]
    private var fresh: String { place.path + ".new" }
    private var files: FileManager { .default }

    /// Answers where the ledger before is kept; `nil` where there was none.
    func restore(_ backup: String) throws -> String? {
        let proof = BackupProof(backup: backup, place: place)
        try proof.proveThere()
        return try replace(action: "restore", of: URL(fileURLWithPath: backup).lastPathComponent) {
            do { try files.copyItem(atPath: backup, toPath: fresh) } catch {
                throw Diagnostic(
                    "STATE-FOLDER", "the backup cannot be copied into the state folder: \(error.localizedDescription)",
                    at: .init(file: fresh), fix: "free space there and check the rights; nothing was changed")
            }
        } proving: {
            try proof.prove($0)
        }
    }

    /// The same with an empty ledger.
    func beginAnew() throws -> String? {
        try replace(action: "begin anew", of: "ledger") {
        } proving: { _ in
        }
    }

    private func replace(
        action: String, of subject: String, making make: () throws -> Void, proving prove: (Ledger) throws -> Void
    ) throws -> String? {
        removeFresh()
        do {
            try make()
            let ledger = try Ledger(path: fresh)
            try prove(ledger)
            let desk = assembly.desk(try assembly.runner(ledger))
            let isKnown = try takeOverCalls(ledger)
            try ledger.write(.operators) { writer in
                if !isKnown { try writer.awaitForgottenCalls(now: assembly.timeline.now()) }
                try desk.note(action, of: subject, by: who, in: writer)
            }
            let identity = try ledger.read { try $0.identity() }
            try ledger.gatherIntoOneFile()
            try ledger.close()
            try flush(fresh)
            let kept = try keepPresent()
            // A mark of the ledger before would make this one a stranger; without one, whatever is there belongs here.
            if place.identity != identity { place.forgetIdentity() }
            guard rename(fresh, place.path) == 0 else { throw disk("put in its place", place.path) }
            try flush(place.folder)
            if let identity { try place.note(identity) }
            return kept
        } catch {
            removeFresh()
            throw error
        }
    }

    /// Calls to the shop may be under way whose answers are not known. Answers whether there is a ledger that could tell of them.
    private func takeOverCalls(_ fresh: Ledger) throws -> Bool {
        guard files.fileExists(atPath: place.path), let present = try? Ledger(path: place.path) else { return false }
        defer { try? present.close() }
        do {
            try present.read { before in try fresh.write(.operators) { try $0.takeOverCalls(of: before) } }
            return true
        } catch let damaged as Diagnostic where damaged.code != "LEDGER-BUSY" {
            return false
        }
    }

    /// Throws `RESTORE-BUSY` while a process is at work on the present ledger.
    func proveIdle() async throws {
        guard files.fileExists(atPath: place.path) else { return }
        // One that is damaged cannot tell; it is replaced all the same.
        guard let present = try? Ledger(path: place.path) else { return }
        let worker = try? await assembly.holder.worker(on: present, timeline: assembly.timeline)
        try? present.close()
        guard let worker else { return }
        throw Diagnostic(
            "RESTORE-BUSY", "a process is at work on \(Escaped(worker.flow)): \(Escaped(worker.holder, limit: 200))",
            fix: "stop the service and wait for runs to end", kind: .transient)
    }

    /// Keeps the present ledger under another name beside its own, and leaves no log of it under the name that the new one gets: it
    /// would be taken for the new one's.
    private func keepPresent() throws -> String? {
        let kept = "\(place.path).replaced-\(assembly.timeline.now().milliseconds)"
        guard files.fileExists(atPath: place.path) else {
            try keepLogs(kept)
            return nil
        }
        do {
            let present = try Ledger(path: place.path)
            try present.gatherIntoOneFile()
            try present.close()
        } catch let busy as Diagnostic where busy.code == "LEDGER-BUSY" {
            throw Diagnostic(
                "RESTORE-BUSY", "another process has the ledger open", at: .init(file: place.path),
                fix: "stop the service and wait for runs to end; nothing was changed", kind: .transient)
        } catch {
            // It is damaged: what belongs to it is kept with it.
            try keepLogs(kept)
        }
        if link(place.path, kept) != 0 {
            do { try files.copyItem(atPath: place.path, toPath: kept) } catch { throw disk("keep", place.path) }
        }
        try flush(place.folder)
        return kept
    }

    private func keepLogs(_ kept: String) throws {
        for suffix in Self.parts.dropFirst() where files.fileExists(atPath: place.path + suffix) {
            guard rename(place.path + suffix, kept + suffix) == 0 else { throw disk("keep", place.path + suffix) }
        }
    }

    private func removeFresh() {
        for suffix in Self.parts { try? files.removeItem(atPath: fresh + suffix) }
    }

    private func flush(_ path: String) throws {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw disk("flush", path) }
        defer { close(number) }
        guard fsync(number) == 0 else { throw disk("flush", path) }
    }

    private func disk(_ action: String, _ path: String) -> Diagnostic {
        Diagnostic(
            "LEDGER-DISK", "could not \(action) the ledger: \(String(cString: strerror(errno)))", at: .init(file: path),
            fix: "check the disk of the state folder; the ledger that is there is whole", kind: .transient)
    }
}
