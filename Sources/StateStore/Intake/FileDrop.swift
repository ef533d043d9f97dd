package import Domain

/// One file seen at an endpoint, from the first look until it is gone or done (reliability A4).
///
/// It is an instance, not a name: a sender who writes a name again makes another drop. What is known of a drop that is being read or was
/// read is never overwritten by what is seen later under its name (decision 0070).
package struct FileDrop: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case ignored, waiting, downloading, staged, processing
        /// Read, and left where it is.
        case done
        /// Read, and no longer under its name: whatever is there now is another file.
        case removed
        case duplicate, quarantined, vanished

        /// Nothing more happens to it unless the file changes.
        package var isFinal: Bool {
            switch self {
            case .ignored, .done, .removed, .duplicate, .quarantined, .vanished: true
            case .waiting, .downloading, .staged, .processing: false
            }
        }

        /// Whether its bytes were read: from then on only another file can be under its name with another size or time.
        var isRead: Bool {
            switch self {
            case .staged, .processing, .done, .duplicate, .quarantined: true
            case .ignored, .waiting, .downloading, .removed, .vanished: false
            }
        }
    }

    package var id: Int64
    package var folder: String
    package var file: RemoteFile
    /// The private name it is under, where it could not be put back under its own.
    package var aside: [UInt8]?
    package var firstSeen: UTCInstant
    package var lastSeen: UTCInstant
    /// What the settle policy remembers between looks, in its own words.
    package var observation: String
    /// Whether the bytes that were read are surely those of this file.
    package var certainty: ReadingCertainty
    /// The done file that announced it, as it was read.
    package var control: ControlInstance?
    package var state: State
    package var rule: String?
    package var delivery: Int64?
    /// Whether its time is that of our clock when it was first seen: the server says none, and the sender claims none.
    package var hasOwnTime = false
    /// How often in a row a process ended without a word while it had this file in hand, before the file had a run.
    package var interruptions = 0
}

/// A done or control file as it was when it was read: it announces this file and no later one of the same name.
package struct ControlInstance: Hashable, Sendable {
    package var size: Int64
    package var modified: UTCInstant
    package var inode: UInt64?
    package var hash: ContentHash

    package init(_ file: RemoteFile, hash: ContentHash) {
        (size, modified, inode, self.hash) = (file.size, file.modified, file.mark?.inode, hash)
    }

    /// Whether `file` is, as far as size, time and node tell, the one that was read.
    package func isInstance(_ file: RemoteFile) -> Bool {
        file.size == size && file.modified == modified && (inode == nil || file.mark == nil || file.mark?.inode == inode)
    }
}

extension ControlInstance {
    init?(text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 4, let size = Int64(parts[0]), let modified = Int64(parts[1]), let hash = ContentHash(hex: String(parts[3]))
        else { return nil }
        (self.size, self.modified, inode, self.hash) = (size, UTCInstant(milliseconds: modified), UInt64(parts[2]), hash)
    }

    var text: String { "\(size) \(modified.milliseconds) \(inode.map(String.init) ?? "-") \(hash.hex)" }
}

extension FileMark {
    init?(text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let inode = UInt64(parts[0]), let changed = Int64(parts[1]) else { return nil }
        self.init(inode: inode, changed: changed)
    }

    var text: String { "\(inode) \(changed)" }
}
