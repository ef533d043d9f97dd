import CFileSystem
internal import Domain
import Glibc

extension LocalDirectorySession {
    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws {
        _ = try path.wireBytes()
        let folder = try open(folder: path.folder, for: .create)
        do {
            let file: Descriptor
            do {
                file = try Descriptor.open(path.name, in: folder.number, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
            } catch {
                throw failure(.create, path.description, error)
            }
            do {
                try fill(file, path, bytes)
            } catch {
                _ = path.name.asCString { unlinkat(folder.number, $0, 0) }
                throw error
            }
        }
        try flush(folder, path.folder)
    }

    private func fill(_ file: borrowing Descriptor, _ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws {
        do {
            try file.write(bytes)
        } catch {
            throw EndpointFault.writeFailed(
                path.description,
                written: error.written,
                of: bytes.count,
                reason: error.cause.text,
                at: place
            )
        }
        do { try file.flush() } catch {
            throw EndpointFault.writeFailed(
                path.description,
                written: bytes.count,
                of: bytes.count,
                reason: error.text,
                at: place
            )
        }
        let size = Int64(try status(of: file, path).st_size)
        guard size == Int64(bytes.count) else {
            throw EndpointFault.sizeDiffers(path.description, expected: Int64(bytes.count), found: size, at: place)
        }
    }

    func rename(_ path: RemotePath, to target: RemotePath) throws {
        _ = (try path.wireBytes(), try target.wireBytes())
        if path == target { return }
        let source = try open(folder: path.folder, for: .rename)
        let destination = try open(folder: target.folder, for: .rename)
        // In one step, so that a file which somebody puts under either name meanwhile is neither moved over nor removed.
        let (from, onto) = (source.number, destination.number)
        let moved = path.name.asCString { old in
            target.name.asCString { rename_without_replacing(from, old, onto, $0) == 0 ? 0 : errno }
        }
        switch moved {
        case 0: break
        case EINVAL, ENOSYS, EOPNOTSUPP:
            try moveInSteps(path, in: source, to: target, in: destination)
        case EEXIST:
            // Somebody else's link left one file under two names: finish it (F15).
            guard try isOneFile(path, in: source, target, in: destination) else {
                throw EndpointFault.targetExists(target.description, at: place)
            }
            _ = path.name.asCString { unlinkat(source.number, $0, 0) }
        default:
            throw failure(.rename, path.description, SystemError(moved))
        }
        try flush(destination, target.folder)
        try flush(source, path.folder)
    }

    /// For file systems that cannot do it in one step. A private name is linked to its target, which refuses one that is taken; to
    /// a private name a file is renamed, since nobody else writes those.
    private func moveInSteps(
        _ path: RemotePath, in source: borrowing Descriptor, to target: RemotePath, in destination: borrowing Descriptor
    ) throws {
        guard SetAsideName.original(of: path.name) != nil else {
            return try moveAfterLooking(path, in: source, to: target, in: destination)
        }
        let (from, onto) = (source.number, destination.number)
        let linked = path.name.asCString { old in target.name.asCString { linkat(from, old, onto, $0, 0) == 0 ? 0 : errno } }
        switch linked {
        case 0: _ = path.name.asCString { unlinkat(from, $0, 0) }
        case EPERM, EOPNOTSUPP, EMLINK, ENOSYS:
            try moveAfterLooking(path, in: source, to: target, in: destination)
        case EEXIST: throw EndpointFault.targetExists(target.description, at: place)
        default: throw failure(.rename, path.description, SystemError(linked))
        }
    }

    private func moveAfterLooking(
        _ path: RemotePath,
        in source: borrowing Descriptor,
        to target: RemotePath,
        in destination: borrowing Descriptor
    ) throws {
        guard try look(target.name, in: destination.number, folder: target.folder) == nil else {
            throw EndpointFault.targetExists(target.description, at: place)
        }
        try move(path, in: source, over: target, in: destination)
    }

    private func move(
        _ path: RemotePath,
        in source: borrowing Descriptor,
        over target: RemotePath,
        in destination: borrowing Descriptor
    ) throws {
        let (from, onto) = (source.number, destination.number)
        let number = path.name.asCString { old in
            target.name.asCString { renameat(from, old, onto, $0) == 0 ? 0 : errno }
        }
        if number != 0 { throw failure(.rename, path.description, SystemError(number)) }
    }

    private func isOneFile(
        _ path: RemotePath,
        in source: borrowing Descriptor,
        _ target: RemotePath,
        in destination: borrowing Descriptor
    ) throws -> Bool {
        var (first, second) = (Glibc.stat(), Glibc.stat())
        guard path.name.asCString({ fstatat(source.number, $0, &first, AT_SYMLINK_NOFOLLOW) }) == 0,
            target.name.asCString({ fstatat(destination.number, $0, &second, AT_SYMLINK_NOFOLLOW) }) == 0
        else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    func replace(_ path: RemotePath, with source: RemotePath) throws {
        _ = (try path.wireBytes(), try source.wireBytes())
        if path == source { return }
        let from = try open(folder: source.folder, for: .rename)
        let onto = try open(folder: path.folder, for: .rename)
        if let found = try look(path.name, in: onto.number, folder: path.folder), found.kind == .directory {
            throw EndpointFault.notRegular(path.description, kind: found.kind, at: place)
        }
        try move(source, in: from, over: path, in: onto)
        try flush(onto, path.folder)
        try flush(from, source.folder)
    }

    func remove(_ path: RemotePath) throws {
        _ = try path.wireBytes()
        let folder = try open(folder: path.folder, for: .remove)
        guard path.name.asCString({ unlinkat(folder.number, $0, 0) }) == 0 else {
            if errno == ENOENT { return }
            throw failure(.remove, path.description, SystemError(errno))
        }
        try flush(folder, path.folder)
    }

    func makeFolder(_ folder: String) throws {
        var parent = ""
        for component in folder.split(separator: "/") where component != "." {
            guard RemotePath.isOneComponent(Array(component.utf8)) else {
                throw EndpointFault.unsafeName(RemotePath(folder: folder, name: Array(component.utf8)))
            }
            let above = try open(folder: parent, for: .makeFolder)
            if Array(component.utf8).asCString({ mkdirat(above.number, $0, 0o755) }) != 0, errno != EEXIST {
                throw failure(.makeFolder, folder, SystemError(errno))
            }
            try flush(above, parent)
            parent += parent.isEmpty ? String(component) : "/" + component
        }
        _ = try open(folder: folder, for: .makeFolder)
    }

    private func flush(_ folder: borrowing Descriptor, _ name: String) throws {
        do { try folder.flush() } catch {
            // Some network file systems cannot flush a folder; the change itself is done.
            if error.number == EINVAL { return }
            throw failure(.write, name.isEmpty ? "." : name, error)
        }
    }
}
