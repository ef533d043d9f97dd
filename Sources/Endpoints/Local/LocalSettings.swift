package import Domain

/// Where a local endpoint begins.
package struct LocalSettings: Hashable, Sendable {
    /// An absolute path. Folders of the flows are inside it and cannot leave it.
    package var root: String
    /// Where a share must be mounted for the root to be the right folder; `nil` for a folder of this machine.
    package var mount: String?

    /// Where a probe may write, for a moment; `nil`: nowhere.
    package var probeFolder: String?

    package init(root: String, mount: String? = nil, probeFolder: String? = nil) {
        self.root = root
        self.mount = mount
        self.probeFolder = probeFolder
    }

    /// A share that is mounted anew from elsewhere is the same folder to us: its settings say what it is.
    package var identity: ServerProbe.Identity {
        ServerProbe.Identity(address: root, settings: ContentHash(of: Array("\(mount ?? "")\n\(probeFolder ?? "")".utf8)).short)
    }

    package static let options: [OptionSpec] = [
        OptionSpec(
            "root",
            .text,
            "The directory the flows' folders are in: on this machine, or a mounted share. A relative path is relative to the settings file.",
            required: .required,
            example: "/srv/erp"
        ),
        OptionSpec(
            "mount",
            .text,
            "Where a share must be mounted, at the root or above it. While nothing is mounted there the folder is away: it is never taken for an empty one.",
            example: "/mnt/erp"
        ),
        OptionSpec(
            "probe_folder",
            .text,
            "A folder inside the root in which a probe may write small files for a moment, to find out what a share can do. Nobody else's files may be in it.",
            example: "probe"
        ),
    ]

    /// - Parameter base: the folder of the settings file, which a relative path begins in.
    /// - Throws: `ENDPOINT-ROOT` if the root is missing or empty.
    package init(_ node: SettingNode, relativeTo base: String) throws {
        guard let root = node["root"]?.scalar, !root.isEmpty else {
            throw Diagnostic(
                "ENDPOINT-ROOT", "a local endpoint needs the folder that it begins in", at: node["root"]?.location ?? node.location,
                fix: "write root: /srv/erp")
        }
        self.root = root.hasPrefix("/") ? root : "\(base)/\(root)"
        if let given = node["probe_folder"] {
            guard let folder = given.scalar, !folder.isEmpty, (try? RemotePath.wireBytes(ofFolder: folder)) != nil else {
                throw Diagnostic(
                    "ENDPOINT-SETTINGS", "probe_folder is a folder inside the root", at: given.location,
                    fix: "write probe_folder: probe, and make that folder")
            }
            probeFolder = folder
        }
        guard let given = node["mount"] else { return }
        guard let mount = given.scalar, mount.hasPrefix("/"), mount != "/", self.root == mount || self.root.hasPrefix(mount + "/") else {
            throw Diagnostic(
                "ENDPOINT-ROOT", "mount is the absolute path of a share, and the root is there or inside it", at: given.location,
                fix: "write mount: \(self.root), or the folder above it that the share is mounted on")
        }
        self.mount = mount
    }
}
