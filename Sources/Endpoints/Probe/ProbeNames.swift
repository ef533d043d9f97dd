package import Domain

/// The names under which a probe writes. They are the same each time, so that the next probe knows what one that was killed left
/// behind. Each ledger has its own: nobody removes the files of another's probe.
package struct ProbeNames: Hashable, Sendable {
    enum File: String, CaseIterable {
        case first = "a", second = "b", third = "c"
        /// For the order of a listing: by name another one than by their making.
        case order1 = "n1", order2 = "n2", order3 = "n3"
    }

    private let prefix: String

    /// - Parameter mark: what tells this ledger's probes of this endpoint from others.
    package init(mark: ContentHash) { prefix = ".tallyman-probe-\(mark.short)-" }

    func name(_ file: File) -> [UInt8] { Array((prefix + file.rawValue).utf8) }
    func path(_ file: File, in folder: String) -> RemotePath { RemotePath(folder: folder, name: name(file)) }
    /// The same name with its last letter in upper case.
    func inUpperCase(_ file: File, in folder: String) -> RemotePath {
        RemotePath(folder: folder, name: Array((prefix + file.rawValue.uppercased()).utf8))
    }
}
