import Domain

/// File operations over one SFTP channel.
///
/// Servers refuse for many reasons with one status (4, "failure"), so after a refusal we look and say what is there.
final class SFTPSession: EndpointSession {
    /// Reads of 1 MiB keep enough requests in flight; smaller ones are 10 times slower at 30 ms, larger ones not faster.
    static let pieceSize = 1 << 20
    /// Four times this is more than one request to the library: the second one finds the end of a small file.
    private static let smallestPiece = 16 << 10

    /// How long the reading of a file may take beside what its size needs, and the bytes a second that are the least.
    private static let longest = Duration.seconds(1200)
    private static let slowest: Int64 = 4096

    private(set) var channel: SFTPConnector.Channel
    let connector: SFTPConnector
    var flushing = EndpointCapabilities.Flushing.confirmed

    init(_ channel: SFTPConnector.Channel, connector: SFTPConnector) {
        self.channel = channel
        self.connector = connector
    }

    var calls: LibSSH2Calls { connector.calls }
    var place: String { connector.place }
    var link: SSHLink { channel.link }

    var capabilities: EndpointCapabilities {
        EndpointCapabilities(replacement: .swapped, flushing: flushing, timestampPrecision: .seconds(1))
    }

    func close() { link.close() }

    /// A new connection in the place of a lost one, to look at what became of the last request.
    func reconnect() throws {
        link.close()
        channel = try connector.connect()
    }

    // MARK: Looking

    func stat(_ path: RemotePath) throws -> RemoteFile? {
        try look(path.wireBytes(), name: path.name, shown: path.description, for: .look)
    }

    /// - Parameter operation: what the look is for, as a refusal should say it.
    func look(_ path: [UInt8], name: [UInt8], shown: String, for operation: EndpointFault.Operation) throws -> RemoteFile? {
        var attributes = SFTPAttributes()
        do {
            try link.complete { calls.look(channel.sftp, path, &attributes) }
            return RemoteFile(name: name, attributes, line: nil)
        } catch .refused(.noSuchFile, _), .refused(.noSuchPath, _) {
            return nil
        } catch {
            throw diagnosis(operation, shown, error)
        }
    }

    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws {
        let path = try RemotePath.wireBytes(ofFolder: folder)
        let shown = folder.isEmpty ? "." : Escaped(folder).description
        guard let found = try look(path, name: path, shown: shown, for: .list) else {
            throw EndpointFault.missingFolder(shown, at: place)
        }
        guard found.kind == .directory else { throw EndpointFault.notFolder(shown, kind: found.kind, at: place) }
        let handle: LibSSH2Calls.Handle
        do {
            handle = try link.obtain { calls.open(channel.sftp, path, 0, 0, .folder) }
        } catch { throw diagnosis(.list, shown, error) }
        defer { release(handle) }
        // One packet cannot carry a longer name or line.
        let names = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        let lines = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer {
            names.deallocate()
            lines.deallocate()
        }
        while true {
            var attributes = SFTPAttributes()
            let count: Int
            do {
                count = try link.complete { calls.readFolder(handle, names, lines, &attributes) }
            } catch { throw diagnosis(.list, shown, error) }
            if count == 0 { return }
            let name = Array(names.prefix(count))
            if name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] { continue }
            try visit(RemoteFile(name: name, attributes, line: lines.first))
        }
    }

    /// Four round trips for a small file: look, open, content, close. What else is asked travels beside one of these.
    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile? {
        let (wire, shown) = (try path.wireBytes(), path.description)
        // Looked at before it is opened: opening a pipe would hang the server.
        guard let file = try look(wire, name: path.name, shown: shown, for: .read) else {
            throw EndpointFault.missing(.read, shown, at: place)
        }
        guard file.kind == .regular else { throw EndpointFault.notRegular(shown, kind: file.kind, at: place) }
        try accept(file)
        let handle: LibSSH2Calls.Handle
        do {
            handle = try link.obtain { calls.open(channel.sftp, wire, SFTPOpenFlags.read, 0, .file) }
        } catch { throw diagnosis(.read, shown, error) }
        do {
            try readContent(of: handle, shown, expecting: file.size, chunk)
        } catch {
            release(handle)
            throw (error as? SSHFailure).map { diagnosis(.read, shown, $0) } ?? error
        }
        return try lookAgain(wire, name: path.name, shown: shown, closing: handle)
    }

    private func readContent(
        of handle: LibSSH2Calls.Handle, _ shown: String, expecting size: Int64, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        // The library asks ahead for four times the room it is given: more than a small file has would be many requests for nothing.
        let room = Int(min(max(size, Int64(Self.smallestPiece) - 1), Int64(Self.pieceSize) - 1)) + 1
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 64)
        defer { buffer.deallocate() }
        func readPiece() throws(SSHFailure) -> Int { try link.complete { calls.read(handle, buffer) } }

        var opened = SFTPAttributes()
        let looked = try link.begin { calls.lookAtHandle(handle, &opened) }
        let first = Result(catching: readPiece)
        if case .failure(let failure) = first, failure.isFatal { throw failure }
        if looked == nil { try link.complete { calls.lookAtHandle(handle, &opened) } }
        // Somebody may have put a link in its place since.
        let kind = RemoteFile.Kind(opened, line: nil)
        guard kind == .regular || opened.permissions == nil else {
            throw EndpointFault.notRegular(shown, kind: kind, at: place)
        }
        // A server that gives a byte now and then is never silent, and would never be left.
        let until = connector.timeline.uptime() + Self.longest + .seconds(max(size, 0) / Self.slowest)
        var count = try first.get()
        while count > 0 {
            guard connector.timeline.uptime() < until else {
                link.abandon()
                throw SSHFailure.lost(code: SSHCode.timeout, text: "the file came too slowly")
            }
            try chunk(UnsafeRawBufferPointer(rebasing: buffer[..<min(count, buffer.count)]))
            count = try readPiece()
        }
    }

    /// Closes the handle of a name and looks at the name, in one round trip.
    private func lookAgain(_ wire: [UInt8], name: [UInt8], shown: String, closing handle: LibSSH2Calls.Handle) throws -> RemoteFile? {
        let closed: Int?
        do { closed = try link.begin { calls.close(handle) } } catch { closed = 0 }
        defer { if closed == nil { release(handle) } }
        return try look(wire, name: name, shown: shown, for: .read)
    }

    // MARK: Handles

    /// Closes a handle whose last answers do not matter any more. On a lost connection this only frees memory.
    ///
    /// The library frees the handle with any answer but `again`, errors included: a second call would touch freed memory.
    func release(_ handle: LibSSH2Calls.Handle) {
        // The session's end frees what it knows of.
        if link.isClosed { return }
        var isFreed = false
        _ = try? link.complete {
            let answer = calls.close(handle)
            isFreed = answer != SSHCode.again
            return answer
        }
        if isFreed { return }
        for _ in 0..<8 where calls.close(handle) != SSHCode.again { return }
    }

    // MARK: Explaining

    /// - Parameter whenLost: what a lost connection means for this operation.
    func diagnosis(
        _ operation: EndpointFault.Operation,
        _ shown: String,
        _ failure: SSHFailure,
        whenLost: FailureKind = .transient
    ) -> any Error {
        switch failure {
        case .cancelled: CancellationError()
        case .refused(.permissionDenied, _), .refused(.writeProtected, _):
            EndpointFault.denied(operation, shown, at: place)
        case .refused(.noSuchFile, _), .refused(.noSuchPath, _): EndpointFault.missing(operation, shown, at: place)
        case .refused(.alreadyExists, _): EndpointFault.targetExists(shown, at: place)
        case .refused(.noSpace, _), .refused(.quotaExceeded, _):
            EndpointFault.failed(operation, shown, reason: failure.text, at: place, kind: .transient)
        case .refused, .library: EndpointFault.failed(operation, shown, reason: failure.text, at: place)
        case .lost, .silent: EndpointFault.lost(operation, shown, reason: failure.text, at: place, kind: whenLost)
        }
    }
}

extension RemoteFile {
    /// - Parameter line: the first byte of the `ls -l` line, for servers that send no permissions.
    init(name: [UInt8], _ attributes: SFTPAttributes, line: UInt8?) {
        self.init(
            name: name,
            size: attributes.size.map { Int64(clamping: $0) } ?? -1,
            modified: UTCInstant(fileSeconds: Int64(clamping: attributes.modified ?? 0)),
            kind: Kind(attributes, line: line)
        )
    }
}

extension RemoteFile.Kind {
    init(_ attributes: SFTPAttributes, line: UInt8?) {
        guard let permissions = attributes.permissions else {
            switch line {
            case UInt8(ascii: "-"): self = .regular
            case UInt8(ascii: "d"): self = .directory
            case UInt8(ascii: "l"): self = .link
            default: self = .other
            }
            return
        }
        switch permissions & 0o170000 {
        case 0o100000: self = .regular
        case 0o040000: self = .directory
        case 0o120000: self = .link
        default: self = .other
        }
    }
}
