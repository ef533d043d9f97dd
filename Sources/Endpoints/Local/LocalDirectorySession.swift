internal import Domain
import Glibc

/// Every path is opened step by step from the root without following links, so nothing outside the root can be reached.
final class LocalDirectorySession: EndpointSession {
    static let pieceSize = 1 << 20

    let place: String
    let root: Descriptor
    let stop: SessionStop

    /// What was probed, as `ServerProbe.Identity` has it.
    let identity: ServerProbe.Identity
    /// What a probe found of this very folder; `nil` where none did.
    private var known: ServerProbe.Findings?

    init(
        place: String, root: consuming Descriptor, stop: SessionStop,
        identity: ServerProbe.Identity = ServerProbe.Identity(address: "", settings: "")
    ) {
        self.place = place
        self.root = root
        self.stop = stop
        self.identity = identity
    }

    /// From here on the session works by what was found.
    func work(by findings: ServerProbe.Findings?) { known = findings }

    var capabilities: EndpointCapabilities {
        EndpointCapabilities(
            replacement: known?.renamesOver == false ? .swapped : .atomic, flushing: .confirmed,
            timestampPrecision: max(.milliseconds(1), .milliseconds(known?.timePrecision ?? 0)),
            renaming: known?.renames == false ? .refused : .possible)
    }

    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws {
        let descriptor = try open(folder: folder, for: .list)
        // `fdopendir` takes over the number it is given, so it gets a copy.
        guard let stream = fdopendir(dup(descriptor.number)) else { throw failure(.list, folder, SystemError(errno)) }
        defer { closedir(stream) }
        while true {
            try stop.check()
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw failure(.list, folder, SystemError(errno)) }
                return
            }
            let name = Self.name(of: entry)
            if name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] { continue }
            // An entry that vanished since is not there to be visited.
            if let file = try look(name, in: descriptor.number, folder: folder) { try visit(file) }
        }
    }

    func stat(_ path: RemotePath) throws -> RemoteFile? {
        _ = try path.wireBytes()
        let folder = try open(folder: path.folder, for: .look)
        return try look(path.name, in: folder.number, folder: path.folder)
    }

    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile? {
        _ = try path.wireBytes()
        let folder = try open(folder: path.folder, for: .read)
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        let file: Descriptor
        do {
            file = try Descriptor.open(path.name, in: folder.number, flags: O_RDONLY | O_NONBLOCK)
        } catch {
            if error.number == ELOOP { throw EndpointFault.notRegular(path.description, kind: .link, at: place) }
            throw failure(.read, path.description, error)
        }
        let found = Self.file(path.name, try status(of: file, path))
        guard found.kind == .regular else { throw EndpointFault.notRegular(path.description, kind: found.kind, at: place) }
        try accept(found)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            try stop.check()
            let count: Int
            do { count = try file.read(into: buffer) } catch { throw failure(.read, path.description, error) }
            if count == 0 { return try look(path.name, in: folder.number, folder: path.folder) }
            try chunk(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    // MARK: Looking

    func look(_ name: [UInt8], in folder: Int32, folder folderName: String) throws -> RemoteFile? {
        var status = Glibc.stat()
        guard name.asCString({ fstatat(folder, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
            if errno == ENOENT { return nil }
            throw failure(.look, RemotePath(folder: folderName, name: name).description, SystemError(errno))
        }
        return Self.file(name, status)
    }

    func open(folder: String, for operation: EndpointFault.Operation) throws -> Descriptor {
        let components = folder.utf8.split(separator: UInt8(ascii: "/")).filter { $0.elementsEqual(".".utf8) == false }
        var current = Descriptor(owning: dup(root.number))
        for component in components {
            guard RemotePath.isOneComponent(Array(component)) else {
                throw EndpointFault.unsafeName(RemotePath(folder: folder, name: Array(component)))
            }
            do {
                current = try Descriptor.open(Array(component), in: current.number, flags: O_RDONLY | O_DIRECTORY)
            } catch {
                switch error.number {
                case ENOENT: throw EndpointFault.missingFolder(folder, at: place)
                case ELOOP: throw EndpointFault.notFolder(folder, kind: .link, at: place)
                case ENOTDIR:
                    let kind = try look(Array(component), in: current.number, folder: folder)?.kind ?? .other
                    throw EndpointFault.notFolder(folder, kind: kind, at: place)
                default: throw failure(operation, folder, error)
                }
            }
        }
        return current
    }

    func status(of file: borrowing Descriptor, _ path: RemotePath) throws -> stat {
        do { return try file.status() } catch { throw failure(.look, path.description, error) }
    }

    func failure(_ operation: EndpointFault.Operation, _ path: String, _ error: SystemError) -> Diagnostic {
        switch error.number {
        case EACCES, EPERM, EROFS: EndpointFault.denied(operation, path, at: place)
        case ENOENT: EndpointFault.missing(operation, path, at: place)
        case EEXIST: EndpointFault.targetExists(path, at: place)
        // What a machine lacks for the moment, and what shares say while their server is away.
        case EIO, EMFILE, ENFILE, ENOSPC, EDQUOT, ENOMEM, ESTALE, ETIMEDOUT, ENOTCONN, ENODEV, ENOLINK, EHOSTDOWN, EHOSTUNREACH, ECONNABORTED,
            ECONNRESET, EREMOTEIO:
            EndpointFault.failed(operation, path, reason: error.text, at: place, kind: .transient)
        default: EndpointFault.failed(operation, path, reason: error.text, at: place)
        }
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
    }

    private static func file(_ name: [UInt8], _ status: Glibc.stat) -> RemoteFile {
        RemoteFile(
            name: name,
            size: Int64(status.st_size),
            modified: UTCInstant(fileSeconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec)),
            kind: kind(status.st_mode),
            mark: FileMark(
                inode: UInt64(status.st_ino),
                changed: Int64(status.st_ctim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000).partialValue
                    &+ Int64(status.st_ctim.tv_nsec))
        )
    }

    private static func kind(_ mode: mode_t) -> RemoteFile.Kind {
        switch mode & S_IFMT {
        case S_IFREG: .regular
        case S_IFDIR: .directory
        case S_IFLNK: .link
        default: .other
        }
    }
}
