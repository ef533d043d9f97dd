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
            "The directory the flows' folders are in. An absolute path on this machine; a mounted share will do.",
            required: .required,
            example: "/srv/erp"
        )
    ]

    /// - Throws: `ENDPOINT-ROOT` where the root is missing or not absolute.
    package init(_ node: SettingNode) throws {
        guard let root = node["root"]?.scalar, root.hasPrefix("/") else {
            throw Diagnostic(
                "ENDPOINT-ROOT",
                "A local endpoint needs an absolute path",
                at: node["root"]?.location ?? node.location,
                fix: "Write root: /srv/erp"
            )
        }
        self.root = root
    }
}
