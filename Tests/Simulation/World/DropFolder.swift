import Domain

/// The server's disk: files by path, the sender who writes them, and an account of what became of each version.
///
/// `@unchecked Sendable`: touched by the holder of the baton alone.
final class DropFolder: @unchecked Sendable {
    struct Entry {
        var bytes: [UInt8]
        var modified: Int64
        /// The finished version it is; `nil` while it is being written, and for files of ours.
        var version: Int?
    }

    private(set) var files: [String: Entry] = [:]
    let account: VersionAccount
    private let clock: SimulatedClock
    /// Final names in the inbox with their bytes, as a reader would have seen them: each appearance once.
    private(set) var appeared: [(name: String, bytes: [UInt8])] = []
    /// Names whose bytes changed under a final name.
    private(set) var changedInbox: [String] = []
    /// The next changing calls that go wrong.
    var mishaps: [FolderMishap] = []
    var isDown = false
    /// What it leaves out of what it says of files.
    var silence = Setting.Silence.none

    init(clock: SimulatedClock, account: VersionAccount) {
        self.clock = clock
        self.account = account
    }

    // MARK: The sender

    /// Puts content under a name, over whatever is there. A version that stood there is replaced by its sender.
    func write(_ path: String, _ bytes: [UInt8], version: Int?, modified: Int64? = nil) {
        if let old = files[path]?.version, old != version { account.replaced(old) }
        files[path] = Entry(bytes: bytes, modified: modified ?? clock.seconds, version: version)
        if let version { account.stands(version, at: path) }
    }

    func removeBySender(_ path: String) {
        if let old = files[path]?.version { account.replaced(old) }
        files[path] = nil
    }

    func moveBySender(_ path: String, to target: String, version: Int) {
        guard let entry = files.removeValue(forKey: path) else { return }
        write(target, entry.bytes, version: version, modified: entry.modified)
    }

    /// The ERP takes a file from the inbox; answers its bytes.
    func takeBySender(_ path: String) -> [UInt8]? { files.removeValue(forKey: path)?.bytes }

    // MARK: Tallyman

    func put(_ path: String, _ bytes: [UInt8]) throws {
        guard files[path] == nil else { throw exists(path) }
        files[path] = Entry(bytes: bytes, modified: clock.seconds, version: nil)
        notice(path)
    }

    func putPart(_ path: String, _ bytes: [UInt8]) {
        files[path] = Entry(bytes: Array(bytes.prefix(bytes.count / 2)), modified: clock.seconds, version: nil)
        notice(path)
    }

    func rename(_ path: String, to target: String) throws {
        guard let entry = files[path] else { throw missing(path) }
        guard files[target] == nil else { throw exists(target) }
        files[path] = nil
        files[target] = entry
        if let version = entry.version { account.moved(version, to: target) }
        notice(target)
    }

    /// The server stopped between link and unlink.
    func linkOnly(_ path: String, _ target: String) {
        guard let entry = files[path], files[target] == nil else { return }
        files[target] = entry
        notice(target)
    }

    func replace(_ path: String, with source: String) throws {
        guard let entry = files[source] else { throw missing(source) }
        if let version = files[path]?.version { account.destroyed(version, path) }
        files[source] = nil
        files[path] = entry
        notice(path)
    }

    func remove(_ path: String) {
        guard let entry = files[path] else { return }
        files[path] = nil
        // Another name of the same version (a half-done rename) keeps it.
        if let version = entry.version, !files.values.contains(where: { $0.version == version }) { account.destroyed(version, path) }
    }

    private func notice(_ path: String) {
        guard path.hasPrefix("in/"), path.hasSuffix(".csv"), let bytes = files[path]?.bytes else { return }
        if let before = appeared.last(where: { $0.name == path }), before.bytes != bytes { changedInbox.append(path) }
        appeared.append((path, bytes))
    }

    private func exists(_ path: String) -> Diagnostic {
        Diagnostic("TARGET-EXISTS", "\(path) exists already at erp; nothing was overwritten", fix: "compare the two")
    }

    private func missing(_ path: String) -> Diagnostic {
        Diagnostic("FILE-MISSING", "\(path) is not there (any more) at erp", fix: "list again", kind: .transient)
    }
}

/// How a changing call at the server goes wrong.
enum FolderMishap: CaseIterable, Sendable {
    /// Nothing is done, and the connection is gone.
    case lostBefore
    /// It is done, and the answer is lost.
    case answerLost
    /// A rename stops between link and unlink; anything else is done; the answer is lost.
    case bothNames
    /// Half of the bytes are there; no room for the rest.
    case diskFull
    /// The right is missing for a while.
    case denied
}

/// Every version of a file that its sender finished, and where it went. Knows nothing of the program.
final class VersionAccount {
    struct Version {
        var path: String
        var bytes: [UInt8]
        var isReplaced = false
        /// Where it stands; `nil` once it is nowhere.
        var place: String?
        /// Removed by us at a moment when our spool did not hold its bytes.
        var wasDestroyedUnread = false
    }

    private(set) var versions: [Version] = []
    /// Whether the spool holds a file under the hash of these bytes; set by the world.
    var isHeld: ([UInt8]) -> Bool = { _ in false }

    func add(_ path: String, _ bytes: [UInt8]) -> Int {
        versions.append(Version(path: path, bytes: bytes))
        return versions.count - 1
    }

    func stands(_ version: Int, at path: String) { versions[version].place = path }
    func moved(_ version: Int, to path: String) { versions[version].place = path }

    func replaced(_ version: Int) {
        versions[version].isReplaced = true
        versions[version].place = nil
    }

    func destroyed(_ version: Int, _ path: String) {
        versions[version].place = nil
        if !isHeld(versions[version].bytes) { versions[version].wasDestroyedUnread = true }
    }
}
