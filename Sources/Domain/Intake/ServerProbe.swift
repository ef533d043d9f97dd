/// What a probe found that a server, or a folder of this machine, can do. Kept in the ledger; flows work by it (decision 0200).
///
/// What was not asked, or whose answer told nothing, is `nil`: then the careful way is taken.
package struct ServerProbe: Hashable, Sendable, Codable {
    /// What was probed. Findings are true of exactly this and are not used for anything else.
    package struct Identity: Hashable, Sendable, Codable {
        /// `HOST:PORT`, or the path of a folder.
        package var address: String
        package var banner: String?
        /// `SHA256:…`
        package var hostKey: String?
        /// A mark of the settings that play a part. No secret goes into it.
        package var settings: String

        package init(address: String, banner: String? = nil, hostKey: String? = nil, settings: String) {
            self.address = address
            self.banner = banner
            self.hostKey = hostKey
            self.settings = settings
        }
    }

    /// What a rename to a name that exists does.
    package enum RenameOntoExisting: String, Sendable, Codable { case refused, overwrites }

    package enum ListingOrder: String, Sendable, Codable {
        case byName = "by name"
        case byCreation = "oldest first"
        case newestFirst = "newest first"
        case other = "no order"
    }

    /// What the server says of the sizes it takes (`limits@openssh.com`); 0 is "no limit".
    package struct Limits: Hashable, Sendable, Codable {
        package var packet: UInt64
        package var read: UInt64
        package var write: UInt64
        package var handles: UInt64

        package init(packet: UInt64, read: UInt64, write: UInt64, handles: UInt64) {
            (self.packet, self.read, self.write, self.handles) = (packet, read, write, handles)
        }
    }

    package struct Findings: Hashable, Sendable, Codable {
        /// Whether a file can be given another name at all.
        package var renames: Bool?
        package var renameOntoExisting: RenameOntoExisting?
        /// Whether one file takes the place of another in one step (posix-rename@openssh.com), as tried.
        package var renamesOver: Bool?
        /// Whether it brings a file to its disk when asked (fsync@openssh.com).
        package var flushes: Bool?
        /// Bytes that are free, where it says so (statvfs@openssh.com).
        package var freeSpace: UInt64?
        package var limits: Limits?
        package var setsTimes: Bool?
        /// Two changes closer together than this may show the same time. In milliseconds.
        package var timePrecision: Int64?
        package var isCaseSensitive: Bool?
        package var listingOrder: ListingOrder?
        /// How many files could be open at a time in one session, of those that were tried.
        package var handles: Int?
        /// By how much the server's clock is ahead of ours, in milliseconds.
        package var clockAhead: Int64?
        /// What both sides agreed on: key exchange, host key, cipher, MAC.
        package var algorithms: [String] = []
        /// A silent connection was ended after so many seconds.
        package var idleCut: Int64?
        /// A silent connection was still good after so many seconds.
        package var idleKept: Int64?
        /// What could not be asked, and why.
        package var notes: [String] = []

        package init() {}
    }

    package var identity: Identity
    /// Where files were tried; `nil` where nothing was written.
    package var folder: String?
    package var findings: Findings

    package init(identity: Identity, folder: String?, findings: Findings) {
        self.identity = identity
        self.folder = folder
        self.findings = findings
    }
}

extension ServerProbe.Findings {
    /// Each finding with its name, in the order in which people read them; what is unknown says so.
    package var lines: [(name: String, value: String)] {
        func text(_ answer: Bool?) -> String { answer.map { $0 ? "yes" : "no" } ?? "unknown" }
        var lines: [(name: String, value: String)] = [
            ("rename", text(renames)), ("rename onto an existing name", renameOntoExisting?.rawValue ?? "unknown"),
            ("posix-rename", text(renamesOver)), ("fsync", text(flushes)),
            ("free space", freeSpace.map(Self.size) ?? "not said"),
            ("limits", limits.map { "packet \($0.packet), read \($0.read), write \($0.write), handles \($0.handles)" } ?? "not said"),
            ("sets times", text(setsTimes)), ("time precision", timePrecision.map(Self.duration) ?? "unknown"),
            ("case sensitive", text(isCaseSensitive)), ("listing", listingOrder?.rawValue ?? "unknown"),
            ("open files at a time", handles.map { "\($0) tried" } ?? "unknown"),
            ("clock", clockAhead.map(Self.clock) ?? "unknown"),
        ]
        if let idleCut {
            lines.append(("idle cut", "after \(idleCut) s"))
        } else {
            lines.append(("idle cut", idleKept.map { "not within \($0) s" } ?? "unknown"))
        }
        if !algorithms.isEmpty { lines.append(("algorithms", algorithms.joined(separator: ", "))) }
        return lines
    }

    /// What the server cannot do, or does in a way to know of.
    package var lacks: [String] {
        var lacks: [String] = []
        if renames == false { lacks.append("no renames") }
        if renamesOver == false { lacks.append("no posix-rename") }
        if renameOntoExisting == .overwrites { lacks.append("a plain rename overwrites") }
        if flushes == false { lacks.append("no fsync") }
        if setsTimes == false { lacks.append("times cannot be set") }
        if let timePrecision, timePrecision > 1000 { lacks.append("times are precise to \(Self.duration(timePrecision))") }
        if isCaseSensitive == false { lacks.append("letter case plays no part in names") }
        if let idleCut { lacks.append("silent connections are cut after \(idleCut) s") }
        return lacks
    }

    private static func size(_ bytes: UInt64) -> String {
        switch bytes {
        case ..<(1 << 20): "\(bytes) bytes"
        case ..<(10 << 30): "\(bytes >> 20) MiB"
        default: "\(bytes >> 30) GiB"
        }
    }

    private static func duration(_ milliseconds: Int64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }

    private static func clock(_ ahead: Int64) -> String {
        switch ahead {
        case -1999...1999: "as ours"
        case ..<0: "\(-ahead / 1000) s behind ours"
        default: "\(ahead / 1000) s ahead of ours"
        }
    }
}
