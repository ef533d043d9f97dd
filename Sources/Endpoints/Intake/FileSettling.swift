import Crypto
package import Domain

/// The end of one remote file that was read: it is taken out of the sender's reach, proven to be the one, then removed or moved.
///
/// A sender may write the same name again at any moment. Between a look and a removal there is always such a moment; between a
/// look at a private name and its removal there is none.
struct FileSettling {
    /// Up to this size a file is compared by its bytes, whatever its time says: reading it costs no more than looking.
    static let alwaysComparedSize: Int64 = 1 << 20

    enum End {
        case remove
        case move(to: RemotePath)
    }

    let path: RemotePath
    let file: RemoteFile
    let hash: ContentHash
    let certainty: ReadingCertainty
    let session: any EndpointSession

    func settle(_ end: End) throws -> AfterReading.Effect {
        let (effect, isLeftover) = try settleOnce(end)
        guard isLeftover else { return effect }
        // What an earlier attempt held is settled. A rename that stopped half way left the same file under its own name, too.
        switch try settleOnce(end).effect {
        case .heldAside(let file, let place): return .heldAside(file, at: place)
        case .left, .deleted, .moved, .alreadyGone, .replacedSince: return effect
        }
    }

    private func settleOnce(_ end: End) throws -> (effect: AfterReading.Effect, isLeftover: Bool) {
        if SetAsideName.original(of: path.name) != nil { return (try settleHeld(end), false) }
        // A server that was seen to rename nothing is not asked to for each file.
        guard session.capabilities.renaming == .possible, let name = SetAsideName.name(for: path.name, of: file, hash: hash) else {
            return (try settleInPlace(end), false)
        }
        let aside = RemotePath(folder: path.folder, name: name)
        let current = try session.stat(path)
        // What an earlier attempt set aside is known by its bytes alone.
        var certainty = ReadingCertainty.doubtful
        var isLeftover = false
        if let current, current.isInstance(of: file) {
            do {
                try session.rename(path, to: aside)
                if current.mark == file.mark { certainty = self.certainty }
            } catch let refusal as Diagnostic where refusal.code == "TARGET-EXISTS" || refusal.code == "FILE-MISSING" {
                // An earlier attempt ended before its last step, or the sender was quicker.
                isLeftover = refusal.code == "TARGET-EXISTS"
            } catch let refusal as Diagnostic where refusal.kind == .permanent && refusal.code == "ENDPOINT-FAILED" {
                // A server that renames nothing. One that refuses us the right is asked for it instead.
                return (try settleInPlace(end), false)
            }
        }
        let (held, isOurs) = try look(at: aside, certainty)
        guard let held else { return (try settleAbsent(end, current), false) }
        if isOurs { return (try finish(aside, end), isLeftover) }
        do {
            try session.rename(aside, to: path)
            return (.replacedSince, false)
        } catch let refusal as Diagnostic where refusal.code == "TARGET-EXISTS" {
            return (.heldAside(held, at: aside), false)
        }
    }

    /// It was read under a private name, where nobody writes.
    private func settleHeld(_ end: End) throws -> AfterReading.Effect {
        let (held, isOurs) = try look(at: path, certainty)
        if held == nil { return try settleAbsent(end, nil) }
        return isOurs ? try finish(path, end) : .replacedSince
    }

    private func settleAbsent(_ end: End, _ current: RemoteFile?) throws -> AfterReading.Effect {
        if current != nil { return .replacedSince }
        if case .move(let target) = end, let found = try session.stat(target), found.hasSize(of: file) { return .moved(target) }
        return .alreadyGone
    }

    /// Where the server renames nothing to a private name: by its bytes, as late as can be.
    private func settleInPlace(_ end: End) throws -> AfterReading.Effect {
        guard let current = try session.stat(path) else { return try settleAbsent(end, nil) }
        guard current.isInstance(of: file), try session.look(at: path, for: hash, size: file.size) == .same else {
            return .replacedSince
        }
        switch end {
        case .remove:
            try session.remove(path)
            return .deleted
        case .move(let target):
            try move(path, to: target)
            guard try session.look(at: target, for: hash, size: file.size) != .same else { return .moved(target) }
            do {
                try session.rename(target, to: path)
                return .replacedSince
            } catch let refusal as Diagnostic where refusal.code == "TARGET-EXISTS" {
                guard let held = try session.stat(target) else { return .replacedSince }
                return .heldAside(held, at: target)
            }
        }
    }

    private struct Differs: Error {}

    /// What is under a private name, and whether it is the file that was read. A small one is looked at by reading it.
    private func look(at place: RemotePath, _ certainty: ReadingCertainty) throws -> (held: RemoteFile?, isOurs: Bool) {
        if file.size > Self.alwaysComparedSize {
            guard let held = try session.stat(place) else { return (nil, false) }
            guard held.kind == .regular, held.isInstance(of: file) else { return (held, false) }
            if certainty == .proven, held.mark?.inode == file.mark?.inode { return (held, true) }
        }
        var held: RemoteFile?
        var digest = SHA256()
        do {
            _ = try session.read(place) { found in
                held = found
                guard found.isInstance(of: file) else { throw Differs() }
            } _: {
                digest.update(bufferPointer: $0)
            }
        } catch is Differs {
            return (held, false)
        } catch let refusal as Diagnostic where refusal.code == "FILE-MISSING" {
            return (nil, false)
        } catch let refusal as Diagnostic where refusal.kind == .permanent {
            // It cannot be read: then it is not what was read.
            return (try session.stat(place), false)
        }
        return (held, ContentHash(digest: digest.finalize()) == hash)
    }

    private func finish(_ aside: RemotePath, _ end: End) throws -> AfterReading.Effect {
        switch end {
        case .remove:
            try session.remove(aside)
            return .deleted
        case .move(let target):
            do {
                try move(aside, to: target)
            } catch let refusal as Diagnostic where refusal.kind == .permanent {
                // Where people look for it, until they have mended what stands in the way.
                if aside != path { try? session.rename(aside, to: path) }
                throw refusal
            }
            return .moved(target)
        }
    }

    private func move(_ source: RemotePath, to target: RemotePath) throws {
        do {
            return try session.rename(source, to: target)
        } catch let refusal as Diagnostic where refusal.code == "TARGET-EXISTS" {
            return try settleTwice(source, target)
        } catch let refusal as Diagnostic where refusal.kind == .permanent && refusal.code != "FILE-MISSING" {
            // Servers have many ways to say that the folder is missing.
            try session.makeFolder(target.folder)
        }
        do {
            try session.rename(source, to: target)
        } catch let refusal as Diagnostic where refusal.code == "TARGET-EXISTS" {
            try settleTwice(source, target)
        }
    }

    /// The same bytes twice: an earlier move that lost its unlink, or the sender sent it again.
    private func settleTwice(_ source: RemotePath, _ target: RemotePath) throws {
        guard let held = try session.stat(source), try session.look(at: target, for: hash, size: held.size) == .same else {
            throw EndpointFault.targetExists(target.description, at: "the archive")
        }
        try session.remove(source)
    }
}

extension RemoteFile {
    /// Whether size and time, as far as they are said of both, are those of `other`.
    package func isInstance(of other: RemoteFile) -> Bool { hasSize(of: other) && hasTime(of: other) }

    func hasSize(of other: RemoteFile) -> Bool { gaps.union(other.gaps).contains(.size) || size == other.size }

    func hasTime(of other: RemoteFile) -> Bool { gaps.union(other.gaps).contains(.time) || modified == other.modified }
}
