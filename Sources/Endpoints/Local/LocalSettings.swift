package import Domain

/// Where a local endpoint begins.
package struct LocalSettings: Hashable, Sendable {
    /// An absolute path. Folders of the flows are inside it and cannot leave it.
    package var root: String

    package init(root: String) { self.root = root }

    package static let options: [OptionSpec] = [
        OptionSpec(
            "root",
            .text,
            "The directory the flows' folders are in: on this machine, or a mounted share. A relative path is relative to the settings file.",
            required: .required,
            example: "/srv/erp"
        )
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
    }
}
