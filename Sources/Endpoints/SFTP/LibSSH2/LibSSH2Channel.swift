import Domain

/// An SFTP channel of the library.
final class LibSSH2Channel: SFTPChannel {
    let link: SSHLink
    let sftp: LibSSH2Calls.SFTP

    init(link: SSHLink, sftp: LibSSH2Calls.SFTP) {
        self.link = link
        self.sftp = sftp
    }

    var calls: LibSSH2Calls { link.calls }
    var isClosed: Bool { link.isClosed }
    /// libssh2 1.10 does not know the extension.
    var renamesOver: Bool { false }
    var knowsRenamesOver: Bool { false }

    var greeting: ServerGreeting {
        let families: [LibSSH2Calls.MethodFamily] = [.keyExchange, .hostKey, .cipherOut, .macOut]
        return ServerGreeting(
            banner: calls.banner(link.session), hostKey: calls.hostKey(link.session).map { HostKeyFingerprint(key: $0) },
            algorithms: families.compactMap { calls.agreed(link.session, $0) })
    }

    func close() { link.close() }
    func abandon() { link.abandon() }

    func look(at path: [UInt8]) throws(SSHFailure) -> SFTPAttributes {
        var attributes = SFTPAttributes()
        try link.complete { calls.look(sftp, path, &attributes) }
        return attributes
    }

    func open(_ path: [UInt8], for purpose: SFTPOpenPurpose) throws(SSHFailure) -> any SFTPHandle {
        let handle = try link.obtain {
            switch purpose {
            case .reading: calls.open(sftp, path, SFTPOpenFlags.read, 0, .file)
            case .creating: calls.open(sftp, path, SFTPOpenFlags.createExclusively, 0o644, .file)
            case .listing: calls.open(sftp, path, 0, 0, .folder)
            }
        }
        return LibSSH2Handle(handle, of: self)
    }

    func rename(_ path: [UInt8], to target: [UInt8]) throws(SSHFailure) {
        try link.complete { calls.rename(sftp, path, target) }
    }

    func renameOver(_: [UInt8], to _: [UInt8]) throws(SSHFailure) {
        throw .refused(.unsupported, number: SFTPStatus.unsupported.rawValue)
    }

    func unlink(_ path: [UInt8]) throws(SSHFailure) { try link.complete { calls.unlink(sftp, path) } }

    func makeFolder(_ path: [UInt8]) throws(SSHFailure) { try link.complete { calls.makeFolder(sftp, path, 0o755) } }

    func setTime(of path: [UInt8], to seconds: UInt32) throws(SSHFailure) { try link.complete { calls.setTime(sftp, path, seconds) } }

    func freeSpace(at path: [UInt8]) throws(SSHFailure) -> UInt64 {
        var bytes: UInt64 = 0
        try link.complete { calls.freeSpace(sftp, path, &bytes) }
        return bytes
    }

    /// libssh2 does not know the extension.
    func saidLimits() throws(SSHFailure) -> ServerProbe.Limits? { nil }

    func staySilent(for length: Duration) throws(SSHFailure) -> Bool { try link.staySilent(for: length) }
}

final class LibSSH2Handle: SFTPHandle {
    /// Reads of 1 MiB keep enough requests in flight; smaller ones are 10 times slower at 30 ms, larger ones not faster.
    private static let pieceSize = 1 << 20
    /// Four times this is more than one request to the library: the second one finds the end of a small file.
    private static let smallestPiece = 16 << 10
    /// One packet cannot carry a longer name or line.
    private static let longestName = 64 << 10

    private let handle: LibSSH2Calls.Handle
    private let channel: LibSSH2Channel
    private var room: UnsafeMutableRawBufferPointer?
    private var lineRoom: UnsafeMutableRawBufferPointer?
    private var first: Result<Int, SSHFailure>?

    init(_ handle: LibSSH2Calls.Handle, of channel: LibSSH2Channel) {
        self.handle = handle
        self.channel = channel
    }

    deinit {
        room?.deallocate()
        lineRoom?.deallocate()
    }

    private var link: SSHLink { channel.link }
    private var calls: LibSSH2Calls { channel.calls }

    // MARK: Listing

    func nextEntry() throws(SSHFailure) -> SFTPEntry? {
        let names = room ?? .allocate(byteCount: Self.longestName, alignment: 16)
        let lines = lineRoom ?? .allocate(byteCount: Self.longestName, alignment: 16)
        (room, lineRoom) = (names, lines)
        var attributes = SFTPAttributes()
        let count = try link.complete { calls.readFolder(handle, names, lines, &attributes) }
        // An entry without a name has attributes; the end has none.
        if count == 0, attributes == SFTPAttributes() { return nil }
        return SFTPEntry(name: Array(names.prefix(count)), attributes: attributes, line: lines.first)
    }

    // MARK: Reading

    func beginReading(expecting size: Int64) throws(SSHFailure) -> SFTPAttributes {
        // The library asks ahead for four times the room it is given: more than a small file has would be many requests for nothing.
        let count = Int(min(max(size, Int64(Self.smallestPiece) - 1), Int64(Self.pieceSize) - 1)) + 1
        room = .allocate(byteCount: count, alignment: 64)
        var opened = SFTPAttributes()
        let looked = try link.begin { calls.lookAtHandle(handle, &opened) }
        let first = Result(catching: readPiece)
        if case .failure(let failure) = first, failure.isFatal { throw failure }
        if looked == nil { try link.complete { calls.lookAtHandle(handle, &opened) } }
        self.first = first
        return opened
    }

    func nextPiece() throws(SSHFailure) -> UnsafeRawBufferPointer? {
        let count = if let first { try first.get() } else { try readPiece() }
        first = nil
        guard count > 0, let room else { return nil }
        return UnsafeRawBufferPointer(rebasing: room[..<min(count, room.count)])
    }

    private func readPiece() throws(SSHFailure) -> Int {
        guard let room else { return 0 }
        return try link.complete { calls.read(handle, room) }
    }

    // MARK: Writing

    func write(_ bytes: UnsafeRawBufferPointer) throws(PartialUpload) {
        var written = 0
        while written < bytes.count {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[written..<min(written + Self.pieceSize, bytes.count)])
            let count: Int
            do { count = try writePiece(piece) } catch { throw PartialUpload(written: written, cause: error) }
            guard count > 0 else {
                throw PartialUpload(written: written, cause: .library(code: 0, text: "the server took no byte"))
            }
            written += count
        }
    }

    /// The library answers 0 where it sent something and nothing is confirmed yet, as with servers whose window is smaller than one of its packets
    /// (Dropbear's). It is asked again with the same bytes, and waits itself once the window is full.
    private func writePiece(_ piece: UnsafeRawBufferPointer) throws(SSHFailure) -> Int {
        for _ in 0..<Self.mostSilentWrites {
            let count = try link.complete(.progress) { calls.write(handle, piece) }
            if count > 0 { return count }
        }
        return 0
    }

    /// Each of them has sent at least a byte of the piece, in practice a window of at least some hundred.
    private static let mostSilentWrites = 1 << 14

    func flush() throws(SSHFailure) { try link.complete { calls.flush(handle) } }

    // MARK: Closing

    func close() throws(SSHFailure) { try link.complete { calls.close(handle) } }

    func close(lookingAt path: [UInt8]) throws(SSHFailure) -> SFTPAttributes {
        let closed: Int?
        do { closed = try link.begin { calls.close(handle) } } catch { closed = 0 }
        defer { if closed == nil { release() } }
        return try channel.look(at: path)
    }

    /// On a lost connection this only frees memory.
    ///
    /// The library frees the handle with any answer but `again`, errors included: a second call would touch freed memory.
    func release() {
        // The session's end frees what it knows of.
        if link.isClosed { return }
        var isFreed = false
        _ = try? link.complete {
            let answer = calls.close(handle)
            isFreed = answer != SSHCode.again
            return answer
        }
        if isFreed { return }
        link.inTurn { for _ in 0..<8 where calls.close(handle) != SSHCode.again { return } }
    }
}
