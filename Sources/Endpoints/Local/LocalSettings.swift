package import Domain

/// Where a local endpoint begins.
package struct LocalSettings: Hashable, Sendable {
    /// An absolute path. Folders of the flows are inside it and cannot leave it.
    package var root: String
    /// Where a share must be mounted for the root to be the right folder; `nil` for a folder of this machine.
    package var mount: String?

    package init(root: String, mount: String? = nil) {
        self.root = root
        self.mount = mount
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
        guard let given = node["mount"] else { return }
        guard let mount = given.scalar, mount.hasPrefix("/"), mount != "/", self.root == mount || self.root.hasPrefix(mount + "/") else {
            throw Diagnostic(
                "ENDPOINT-ROOT", "mount is the absolute path of a share, and the root is there or inside it", at: given.location,
                fix: "write mount: \(self.root), or the folder above it that the share is mounted on")
        }
        self.mount = mount
    }
}
