/// A file seen at an endpoint. Its name is data: raw bytes of the server's, never part of a local path (reliability B8).
package struct RemoteFile: Hashable, Sendable {
    /// The last path component, as bytes.
    package var name: [UInt8]
    package var size: Int64
    /// One-second precision on SFTP v3.
    package var modified: UTCInstant
    package var kind: Kind
    /// The file system's own numbers, where the endpoint shows them.
    package var mark: FileMark?

    /// What the server did not say: its attributes are optional in the protocol. Nothing is to be concluded from the value that stands
    /// in such a place.
    package var gaps: Gaps

    package enum Kind: String, Sendable {
        case regular, directory, link, other
        /// The server did not say.
        case unknown
    }

    package struct Gaps: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let size = Gaps(rawValue: 1)
        package static let time = Gaps(rawValue: 2)
    }

    package init(name: [UInt8], size: Int64, modified: UTCInstant, kind: Kind, mark: FileMark? = nil, gaps: Gaps = []) {
        self.name = name
        self.size = size
        self.modified = modified
        self.kind = kind
        self.mark = mark
        self.gaps = gaps
    }
}

/// What tells two files of one name, size and time apart. SFTP v3 does not show it; where the server shows no time either, it is
/// made of the file's content.
package struct FileMark: Hashable, Sendable {
    package var inode: UInt64
    /// When the file or its name was last changed, in nanoseconds. Nobody can set it, and a rename changes it.
    package var changed: Int64

    package init(inode: UInt64, changed: Int64) {
        self.inode = inode
        self.changed = changed
    }
}

/// Whether the bytes that were read are surely those that the name, size and time stand for.
///
/// Times are coarse. A sender who writes a file again within the tick of its first writing leaves size and time as they were, so
/// a file that was read too soon after it was first seen is doubtful: it is compared by its bytes before anything rests on it.
package enum ReadingCertainty: String, Sendable {
    case proven, doubtful

    /// Later than this after a file was first seen with its size and time, another writing shows another time: by then the
    /// server's clock, whatever it says, is past the tick of that time.
    package static let tick = Duration.seconds(2)

    /// The same where times are known to be coarser than a second.
    package static func tick(of precision: Duration) -> Duration { max(tick, precision + .seconds(1)) }
}
