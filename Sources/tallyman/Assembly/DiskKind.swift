import Foundation

/// What kind of file system a folder is on.
struct DiskKind: Hashable {
    /// As the machine calls it: `ext4`, `nfs4`.
    var name: String

    private static let remote: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "9p", "glusterfs", "lustre", "gpfs", "ocfs2", "gfs2",
    ]

    /// Whether its locks and flushes go through a network.
    var isRemote: Bool { Self.remote.contains(name) || name.hasPrefix("fuse") }

    /// `nil` where the machine does not say.
    static func of(_ folder: String) -> DiskKind? {
        guard let table = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) else { return nil }
        return DiskKind(folder: URL(fileURLWithPath: folder).resolvingSymlinksInPath().path, mounts: table)
    }

    /// - Parameter mounts: the table of mounts as Linux writes it; the deepest that holds the folder counts, of several the last.
    init?(folder: String, mounts: String) {
        var found: (place: String, name: String)?
        for line in mounts.split(separator: "\n") {
            let halves = line.components(separatedBy: " - ")
            let fields = halves[0].split(separator: " ")
            guard halves.count == 2, fields.count > 4, let name = halves[1].split(separator: " ").first else { continue }
            let place = fields[4].replacing("\\040", with: " ")
            let isAbove = place == "/" || folder == place || folder.hasPrefix(place + "/")
            if isAbove, place.utf8.count >= found?.place.utf8.count ?? 0 { found = (String(place), String(name)) }
        }
        guard let found else { return nil }
        name = found.name
    }
}
