import Domain
import Foundation
import Glibc

/// Whose the state folder is, and in whose name a command works in it (decision 0120).
///
/// What one user writes there another cannot read: a ledger that root made stops the service. So root becomes the owner of the folder before
/// anything is written, and whoever is neither is refused.
struct StateOwner {
    /// The user that the package's units run as.
    static let serviceUser = "tallyman"

    let folder: String
    /// The settings file, by which an installed shop is known.
    let settings: String

    /// Throws `STATE-OWNER`. Nothing was written then.
    func settle() throws {
        let user = geteuid()
        if user == 0 { try makeForService() }
        guard let owner = Self.owner(of: folder) ?? (user == 0 ? ancestor : nil) else { return }
        if user == 0, owner.user != 0 {
            try proveContent(owner.user)
            return try become(owner)
        }
        guard owner.user == user else { throw foreign(folder, owner.user, fix: Self.command(as: owner.user)) }
        try proveContent(user)
    }

    /// What other users have written into the folder is found before it is in the way.
    private func proveContent(_ user: uid_t) throws {
        for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.id", "spool", "work", "rejects", "backups"] {
            let path = "\(folder)/\(name)"
            guard let owner = Self.owner(of: path), owner.user != user else { continue }
            let name = ProcessUser.name(user)
            throw foreign(path, owner.user, fix: "sudo chown -R \(name): \(folder)")
        }
    }

    /// An installed shop's folder that is not there yet is made for the service, whoever asks first.
    private func makeForService() throws {
        guard settings.hasPrefix("/etc/tallyman/"), Self.owner(of: folder) == nil, let entry = getpwnam(Self.serviceUser) else { return }
        let (user, group) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
        guard
            (try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]))
                != nil
        else { return }
        _ = chown(folder, user, group)
    }

    /// The nearest folder above that is there: what is made below it belongs to its owner.
    private var ancestor: Owner? {
        var path = URL(fileURLWithPath: folder).deletingLastPathComponent()
        while path.path != "/" {
            if let owner = Self.owner(of: path.path) { return owner }
            path.deleteLastPathComponent()
        }
        return nil
    }

    /// For good: a process that could go back to root would write as root some day.
    private func become(_ owner: Owner) throws {
        let groups: Bool
        if let entry = getpwuid(owner.user) {
            groups = initgroups(entry.pointee.pw_name, owner.group) == 0
        } else {
            groups = setgroups(1, [owner.group]) == 0
        }
        guard groups, setgid(owner.group) == 0, setuid(owner.user) == 0 else {
            throw foreign(folder, owner.user, fix: Self.command(as: owner.user))
        }
    }

    /// What was typed, as the owner would type it.
    private static func command(as owner: uid_t) -> String {
        let words = CommandLine.arguments.dropFirst().map { word in
            word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:,@".contains($0) } && !word.isEmpty
                ? word : "'\(word.replacing("'", with: "'\\''"))'"
        }
        return (["sudo -u \(ProcessUser.name(owner)) tallyman"] + words).joined(separator: " ")
    }

    private func foreign(_ path: String, _ owner: uid_t, fix: String) -> Diagnostic {
        Diagnostic(
            "STATE-OWNER", "it belongs to \(ProcessUser.name(owner)), and this process is \(ProcessUser.name(geteuid()))", at: .init(file: path),
            fix: fix)
    }

    private struct Owner {
        var user: uid_t
        var group: gid_t
    }

    private static func owner(of path: String) -> Owner? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let user = attributes[.ownerAccountID] as? NSNumber, let group = attributes[.groupOwnerAccountID] as? NSNumber
        else { return nil }
        return Owner(user: user.uint32Value, group: group.uint32Value)
    }
}
