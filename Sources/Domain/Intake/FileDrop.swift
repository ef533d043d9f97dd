/// A file seen at an endpoint. Its name is data: raw bytes of the server's, never part of a local path (reliability B8).
package struct RemoteFile: Hashable, Sendable {
    /// The last path component, as bytes.
    package var name: [UInt8]
    package var size: Int64
    /// One-second precision on SFTP v3.
    package var modified: UTCInstant
    package var kind: Kind

    package enum Kind: String, Sendable { case regular, directory, link, other }

    package init(name: [UInt8], size: Int64, modified: UTCInstant, kind: Kind) {
        self.name = name
        self.size = size
        self.modified = modified
        self.kind = kind
    }
}
