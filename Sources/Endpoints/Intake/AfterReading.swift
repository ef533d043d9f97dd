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
    }

    /// Safe to repeat, also after a crash at any point. A failure never means that the file is to be read again: what was
    /// read is remembered by its hash.
    /// - Parameters:
    ///   - file: as it was when it was received.
    ///   - hash: of the delivery it became.
    package func perform(
        on path: RemotePath,
        file: RemoteFile,
        hash: ContentHash,
        session: any EndpointSession
    ) throws -> Effect {
        switch self {
        case .leave:
            return .left
        case .delete:
            guard let current = try session.stat(path) else { return .alreadyGone }
            guard current.size == file.size, current.modified == file.modified else { return .replacedSince }
            try session.remove(path)
            return .deleted
        case .move(let folder, let naming):
            let target = RemotePath(folder: folder, name: naming.name(for: file, hash: hash))
            return try move(path, file, to: target, session: session)
        }
    }

    private func move(
        _ path: RemotePath,
        _ file: RemoteFile,
        to target: RemotePath,
        session: any EndpointSession
    ) throws -> Effect {
        guard let current = try session.stat(path) else {
            return try session.stat(target)?.size == file.size ? .moved(target) : .alreadyGone
        }
        guard current.size == file.size, current.modified == file.modified else { return .replacedSince }
        try session.makeFolder(target.folder)
        guard let archived = try session.stat(target) else {
            try session.rename(path, to: target)
            return .moved(target)
        }
        // The same bytes twice: an earlier move that lost its unlink, or the sender sent it again.
        guard archived.size == current.size, try session.haveSameBytes(path, target) else {
            throw EndpointFault.targetExists(target.description, at: "the archive")
        }
        try session.remove(path)
        return .moved(target)
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
