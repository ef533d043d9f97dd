import Domain

/// File operations over one SFTP channel.
///
/// Servers refuse for many reasons with one status (4, "failure"), so after a refusal we look and say what is there.
final class SFTPSession: EndpointSession {
    /// How long the reading of a file may take beside what its size needs, and the bytes a second that are the least.
    private static let longest = Duration.seconds(1200)
    private static let slowest: Int64 = 4096

    private(set) var channel: any SFTPChannel
    let connector: any SFTPConnecting
    var flushing = EndpointCapabilities.Flushing.confirmed
    /// What a probe found of this very server; `nil` where none did.
    private(set) var known: ServerProbe.Findings?
    /// A mark of the settings that play a part in a probe.
    private let settingsMark: String

    init(_ channel: any SFTPChannel, connector: any SFTPConnecting, settingsMark: String = "") {
        self.channel = channel
        self.connector = connector
        self.settingsMark = settingsMark
    }

    /// From here on the session works by what was found.
    func work(by findings: ServerProbe.Findings?) {
        known = findings
        flushing = findings?.flushes == false ? .unavailable : .confirmed
    }

    var identity: ServerProbe.Identity {
        let greeting = channel.greeting
        return ServerProbe.Identity(
            address: connector.address, banner: greeting.banner, hostKey: greeting.hostKey?.description, settings: settingsMark)
    }

    var place: String { connector.place }

    var capabilities: EndpointCapabilities {
        EndpointCapabilities(
            replacement: renamesOver ? .atomic : .swapped, flushing: flushing,
            timestampPrecision: max(.seconds(1), .milliseconds(known?.timePrecision ?? 0)),
            renaming: known?.renames == false ? .refused : .possible
        )
    }

    /// Some servers say that they can, and cannot.
    var renamesOver: Bool { channel.renamesOver && known?.renamesOver != false }

    func close() { channel.close() }

    /// A new connection in the place of a lost one, to look at what became of the last request.
    func reconnect() throws {
        channel.close()
        channel = try connector.connect()
    }

    // MARK: Looking

    func stat(_ path: RemotePath) throws -> RemoteFile? {
        try look(path.wireBytes(), name: path.name, shown: path.description, for: .look)
    }

    /// - Parameter operation: what the look is for, as a refusal should say it.
    func look(_ path: [UInt8], name: [UInt8], shown: String, for operation: EndpointFault.Operation) throws -> RemoteFile? {
        do {
            var file = RemoteFile(name: name, try channel.look(at: path), line: nil)
            if file.kind == .unknown { file.kind = try kind(ofUntold: path) }
            return file
        } catch .refused(.noSuchFile, _), .refused(.noSuchPath, _) {
            return nil
        } catch {
            throw diagnosis(operation, shown, error)
        }
    }

    /// A server that says no kind is asked for a listing: it makes one of a folder only.
    private func kind(ofUntold path: [UInt8]) throws(SSHFailure) -> RemoteFile.Kind {
        do {
            try channel.open(path, for: .listing).release()
            return .directory
        } catch .refused {
            return .regular
        }
    }

    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws {
        let path = try RemotePath.wireBytes(ofFolder: folder)
        let shown = folder.isEmpty ? "." : Escaped(folder).description
        guard let found = try look(path, name: path, shown: shown, for: .list) else {
            throw EndpointFault.missingFolder(shown, at: place)
        }
        guard found.kind == .directory else { throw EndpointFault.notFolder(shown, kind: found.kind, at: place) }
        let handle: any SFTPHandle
        do { handle = try channel.open(path, for: .listing) } catch { throw diagnosis(.list, shown, error) }
        defer { handle.release() }
        while true {
            let entry: SFTPEntry?
            do { entry = try handle.nextEntry() } catch { throw diagnosis(.list, shown, error) }
            guard let entry else { return }
            if entry.name == [UInt8(ascii: ".")] || entry.name == [UInt8(ascii: "."), UInt8(ascii: ".")] { continue }
            try visit(RemoteFile(name: entry.name, entry.attributes, line: entry.line))
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
        let handle: any SFTPHandle
        do { handle = try channel.open(wire, for: .reading) } catch { throw diagnosis(.read, shown, error) }
        do {
            try readContent(of: handle, shown, expecting: file.size, chunk)
        } catch {
            handle.release()
            throw (error as? SSHFailure).map { diagnosis(.read, shown, $0) } ?? error
        }
        do {
            var after = RemoteFile(name: path.name, try handle.close(lookingAt: wire), line: nil)
            // What was just read is a file.
            if after.kind == .unknown { after.kind = .regular }
            return after
        } catch .refused(.noSuchFile, _), .refused(.noSuchPath, _) {
            return nil
        } catch {
            throw diagnosis(.read, shown, error)
        }
    }

    private func readContent(
        of handle: any SFTPHandle, _ shown: String, expecting size: Int64, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let opened = try handle.beginReading(expecting: size)
        // Somebody may have put a link in its place since.
        let kind = RemoteFile.Kind(opened, line: nil)
        guard kind == .regular || kind == .unknown else {
            throw EndpointFault.notRegular(shown, kind: kind, at: place)
        }
        // A server that gives a byte now and then is never silent, and would never be left.
        let until = connector.timeline.uptime() + Self.longest + .seconds(max(size, 0) / Self.slowest)
        while let piece = try handle.nextPiece() {
            guard connector.timeline.uptime() < until else {
                channel.abandon()
                throw SSHFailure.lost(code: SSHCode.timeout, text: "the file came too slowly")
            }
            try chunk(piece)
        }
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
        case .lost(SSHCode.sftp, let text) where operation == .read && text.contains("Unexpected Offset"):
            // libssh2 asks ahead and cannot ask for a gap again.
            EndpointFault.failed(
                operation, shown,
                reason: "it gives less than it is asked for at a time, which libssh2 cannot put together; transport: openssh can", at: place)
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
            kind: Kind(attributes, line: line),
            gaps: Gaps(attributes)
        )
    }
}

extension RemoteFile.Gaps {
    /// A time of 0 is what servers without times say; no file that is exchanged was written in 1970.
    fileprivate init(_ attributes: SFTPAttributes) {
        self = []
        if attributes.size == nil { insert(.size) }
        if (attributes.modified ?? 0) == 0 { insert(.time) }
    }
}

extension RemoteFile.Kind {
    /// By the permissions where they have a kind, by the `ls -l` line otherwise.
    init(_ attributes: SFTPAttributes, line: UInt8?) {
        let type = (attributes.permissions ?? 0) & 0o170000
        guard type != 0 else {
            switch line {
            case UInt8(ascii: "-"): self = .regular
            case UInt8(ascii: "d"): self = .directory
            case UInt8(ascii: "l"): self = .link
            case UInt8(ascii: "b"), UInt8(ascii: "c"), UInt8(ascii: "p"), UInt8(ascii: "s"): self = .other
            default: self = .unknown
            }
            return
        }
        switch type {
        case 0o100000: self = .regular
        case 0o040000: self = .directory
        case 0o120000: self = .link
        default: self = .other
        }
    }
}
