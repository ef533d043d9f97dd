import Crypto
import Domain

/// What became of a rename whose answer was lost, as far as looking can tell.
package enum RenameSettlement: Hashable, Sendable {
    /// The file is under its new name only.
    case renamed
    /// Neither name is there. It was renamed, and whoever waited for it has taken it.
    case consumed
    /// The file is still under its old name only: nothing happened.
    case pending
    /// The new name holds something else.
    case conflicting
}

extension EndpointSession {
    /// Looks at both names. Where both are there with the same bytes, the server stopped between its link and its unlink
    /// (F15): the new name counts and the old one is removed. Safe to repeat.
    /// - Parameter size: of the file that was renamed.
    package func settleRename(_ path: RemotePath, to target: RemotePath, size: Int64) throws -> RenameSettlement {
        let (old, new) = (try stat(path), try stat(target))
        switch (old, new) {
        case (nil, nil): return .consumed
        case (.some, nil): return .pending
        case (nil, .some(let new)): return new.gaps.contains(.size) || new.size == size ? .renamed : .conflicting
        case (.some(let old), .some(let new)):
            guard old.size == new.size, try haveSameBytes(path, target) else { return .conflicting }
            try remove(path)
            return .renamed
        }
    }

    /// Reads both.
    package func haveSameBytes(_ path: RemotePath, _ other: RemotePath) throws -> Bool {
        try digest(path) == digest(other)
    }

    private func digest(_ path: RemotePath) throws -> SHA256Digest {
        var hash = SHA256()
        try read(path) { hash.update(bufferPointer: $0) }
        return hash.finalize()
    }
}
