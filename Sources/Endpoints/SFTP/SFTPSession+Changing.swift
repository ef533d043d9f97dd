import Domain

extension SFTPSession {
    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws {
        let (wire, shown) = (try path.wireBytes(), path.description)
        let handle: any SFTPHandle
        do {
            handle = try channel.open(wire, for: .creating)
        } catch {
            if case .refused = error, try stat(path) != nil { throw EndpointFault.targetExists(shown, at: place) }
            if case .refused(.noSuchFile, _) = error {
                throw EndpointFault.missingFolder(Escaped(path.folder).description, at: place)
            }
            throw diagnosis(.create, shown, error, whenLost: .ambiguous)
        }
        do {
            try handle.write(bytes)
            try flush(handle, after: bytes.count)
        } catch {
            handle.release()
            throw abandonUpload(path, wire, bytes.count, error)
        }
        do { try handle.close() } catch {
            throw abandonUpload(path, wire, bytes.count, PartialUpload(written: bytes.count, cause: error))
        }
        guard let found = try stat(path) else { throw EndpointFault.taken(shown, at: place) }
        if !found.gaps.contains(.size), found.size == Int64(bytes.count) { return }
        // No size, or one that is not that of what was confirmed: the bytes themselves decide. Some servers say the size of what is stored.
        let size = try sizeOfSame(path, bytes)
        guard size == Int64(bytes.count) else {
            _ = try? channel.unlink(wire)
            throw EndpointFault.sizeDiffers(shown, expected: Int64(bytes.count), found: size, at: place)
        }
    }

    /// How many of `bytes` are there, by reading; all of them only where they are the very ones and nothing is behind them.
    private func sizeOfSame(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws -> Int64 {
        var count = 0
        var areSame = true
        try read(path) { piece in
            if areSame, count + piece.count <= bytes.count {
                areSame = piece.elementsEqual(bytes[count..<(count + piece.count)])
            }
            count += piece.count
        }
        return Int64(areSame || count != bytes.count ? count : 0)
    }

    /// A server without the extension flushes when it likes; the size is confirmed all the same.
    private func flush(_ handle: any SFTPHandle, after written: Int) throws(PartialUpload) {
        guard flushing == .confirmed else { return }
        do { try handle.flush() } catch {
            if case .refused(.unsupported, _) = error {
                flushing = .unavailable
            } else {
                throw PartialUpload(written: written, cause: error)
            }
        }
    }

    private func abandonUpload(_ path: RemotePath, _ wire: [UInt8], _ total: Int, _ failure: PartialUpload) -> any Error {
        switch failure.cause {
        case .refused, .library:
            _ = try? channel.unlink(wire)
            return EndpointFault.writeFailed(
                path.description, written: failure.written, of: total, reason: failure.cause.text, at: place
            )
        case .lost, .silent, .cancelled:
            return diagnosis(.write, path.description, failure.cause, whenLost: .ambiguous)
        }
    }

    func rename(_ path: RemotePath, to target: RemotePath) throws {
        let (old, new) = (try path.wireBytes(), try target.wireBytes())
        // Some servers delete a file that is renamed to itself.
        if old == new { return }
        guard let source = try stat(path) else { throw EndpointFault.missing(.rename, path.description, at: place) }
        // Some servers overwrite, although the protocol's draft forbids it.
        if try stat(target) != nil { throw EndpointFault.targetExists(target.description, at: place) }
        do {
            try channel.rename(old, to: new)
        } catch {
            if case .cancelled = error { throw CancellationError() }
            try settle(path, target, size: source.size, after: error)
        }
    }

    /// The answer was a refusal or none: looks at both names, over a new connection where the old one is lost.
    private func settle(_ path: RemotePath, _ target: RemotePath, size: Int64, after failure: SSHFailure) throws {
        let settlement: RenameSettlement
        do {
            if failure.isFatal { try reconnect() }
            settlement = try settleRename(path, to: target, size: size)
        } catch {
            throw EndpointFault.unknownRename(path.description, target.description, reason: failure.text, at: place)
        }
        switch settlement {
        case .consumed:
            // The server itself says that somebody else was quicker: what is nowhere now was not given its new name by us.
            if case .refused(.noSuchFile, _) = failure { throw EndpointFault.missing(.rename, path.description, at: place) }
        case .renamed: return
        case .conflicting: throw EndpointFault.targetExists(target.description, at: place)
        case .pending:
            if case .refused(.noSuchFile, _) = failure {
                throw EndpointFault.missingFolder(Escaped(target.folder).description, at: place)
            }
            throw diagnosis(.rename, "\(path) to \(target)", failure)
        }
    }

    func replace(_ path: RemotePath, with source: RemotePath) throws {
        if try path.wireBytes() == source.wireBytes() { return }
        guard try stat(source) != nil else { throw EndpointFault.missing(.rename, source.description, at: place) }
        if try replaceAtOnce(path, with: source) { return }
        let aside = RemotePath(folder: path.folder, name: Array(".".utf8) + path.name + Array(".replaced".utf8))
        if let found = try stat(path) {
            // A folder would be set aside with everything in it, and could not be removed.
            guard found.kind != .directory else { throw EndpointFault.notRegular(path.description, kind: found.kind, at: place) }
            // Left by a replacement that ended just before its last step.
            try remove(aside)
            try rename(path, to: aside)
        }
        do {
            try rename(source, to: path)
        } catch {
            if isKnownAbsent(path) { try? rename(aside, to: path) }
            throw error
        }
        try remove(aside)
    }

    /// - Returns: whether it is done; `false` where the server cannot do it at once, and did nothing.
    private func replaceAtOnce(_ path: RemotePath, with source: RemotePath) throws -> Bool {
        // A server that was seen to overwrite does in one step what would be three, and leaves nothing aside in the middle.
        let overwrites = known?.renameOntoExisting == .overwrites
        guard renamesOver || overwrites else { return false }
        if overwrites, !renamesOver, let found = try stat(path), found.kind == .directory {
            throw EndpointFault.notRegular(path.description, kind: found.kind, at: place)
        }
        do {
            if renamesOver {
                try channel.renameOver(source.wireBytes(), to: path.wireBytes())
            } else {
                try channel.rename(source.wireBytes(), to: path.wireBytes())
            }
            return true
        } catch let failure as SSHFailure {
            if case .refused = failure { return try stat(source) == nil }
            if case .cancelled = failure { throw CancellationError() }
            do {
                try reconnect()
                if try stat(source) == nil { return true }
            } catch {
                throw EndpointFault.unknownRename(source.description, path.description, reason: failure.text, at: place)
            }
            throw diagnosis(.rename, "\(source) to \(path)", failure)
        }
    }

    private func isKnownAbsent(_ path: RemotePath) -> Bool {
        do { return try stat(path) == nil } catch { return false }
    }

    func remove(_ path: RemotePath) throws {
        let wire = try path.wireBytes()
        do {
            try channel.unlink(wire)
        } catch {
            // "Failure" may well mean that it is gone.
            if case .refused = error, try stat(path) == nil { return }
            throw diagnosis(.remove, path.description, error)
        }
    }

    func makeFolder(_ folder: String) throws {
        let shown = Escaped(folder).description
        let whole = try RemotePath.wireBytes(ofFolder: folder)
        if let found = try look(whole, name: whole, shown: shown, for: .look) {
            guard found.kind == .directory else { throw EndpointFault.notFolder(shown, kind: found.kind, at: place) }
            return
        }
        for end in whole.indices.dropFirst() where whole[end] == UInt8(ascii: "/") {
            // A folder above that exists is refused, and so may be one that we are not allowed to see; the last look decides.
            do {
                try make(Array(whole[..<end]))
            } catch {
                if error.isFatal { throw diagnosis(.makeFolder, shown, error) }
            }
        }
        do {
            try make(whole)
        } catch {
            if !error.isFatal, try look(whole, name: whole, shown: shown, for: .makeFolder)?.kind == .directory { return }
            throw diagnosis(.makeFolder, shown, error)
        }
    }

    private func make(_ path: [UInt8]) throws(SSHFailure) {
        try channel.makeFolder(path)
    }
}
