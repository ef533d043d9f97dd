package import Domain

/// What happens to a remote file once its content and outcomes are durable here (B7).
package enum AfterReading: Hashable, Sendable {
    case leave
    case delete
    /// Into a folder of the same endpoint, which is made where it is missing.
    case move(folder: String, naming: ArchiveNaming)

    package enum ArchiveNaming: String, Sendable, CaseIterable {
        /// The name it has. A different file of that name in the archive stops it (F14).
        case keep
        /// With its time and the beginning of its hash, for senders that use one name all day: `STOCK.20261121T031500Z-1f2e3d4c5b6a.csv`.
        case stamped
    }

    package enum Effect: Hashable, Sendable {
        case left
        case deleted
        case moved(RemotePath)
        /// Somebody removed it, or an earlier attempt of ours did.
        case alreadyGone
        /// The sender has put another file there since: it is not the one we read, and stays for the next look.
        case replacedSince
        /// Another file than the one we read was held, and its name is taken again: it is to be read from where it is.
        case heldAside(RemoteFile, at: RemotePath)
    }

    /// Archives, removes or leaves the very file that was read, and no other: it is renamed to a private name first, looked at
    /// there, and put back where it is another one (decision 0070).
    ///
    /// Safe to repeat, also after a crash at any point. A failure never means that the file is to be read again: what was
    /// read is remembered by its hash.
    /// - Parameters:
    ///   - path: where it was read. A private name of ours is settled where it is.
    ///   - file: as it was when it was received.
    ///   - hash: of the delivery it became.
    ///   - certainty: whether size and time are enough to know a large file by. A small one is always known by its bytes.
    package func perform(
        on path: RemotePath, file: RemoteFile, hash: ContentHash, certainty: ReadingCertainty = .proven,
        session: any EndpointSession
    ) throws -> Effect {
        let settling = FileSettling(path: path, file: file, hash: hash, certainty: certainty, session: session)
        switch self {
        case .leave:
            return .left
        case .delete:
            return try settling.settle(.remove)
        case .move(let folder, let naming):
            return try settling.settle(.move(to: RemotePath(folder: folder, name: naming.name(for: file, hash: hash))))
        }
    }
}

extension AfterReading.ArchiveNaming {
    /// The same for the same file, so that a repeated move finds what the first one did.
    package func name(for file: RemoteFile, hash: ContentHash) -> [UInt8] {
        switch self {
        case .keep: return file.name
        case .stamped:
            let stamp = file.modified.description.filter { $0 != "-" && $0 != ":" }
            let mark = Array(".\(stamp)-\(hash.short)".utf8)
            guard let dot = file.name.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return file.name + mark }
            return Array(file.name[..<dot]) + mark + Array(file.name[dot...])
        }
    }
}
