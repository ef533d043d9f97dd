import CFileSystem
import Domain
import Glibc

extension LocalDirectorySession: ProbedSession {
    var algorithms: [String] { [] }

    func limits() throws -> ServerProbe.Limits? { nil }

    func freeSpace(in folder: String) throws -> UInt64? {
        let folder = try open(folder: folder, for: .look)
        var found = statvfs()
        guard fstatvfs(folder.number, &found) == 0 else { return nil }
        return UInt64(found.f_frsize).multipliedReportingOverflow(by: UInt64(found.f_bavail)).partialValue
    }

    /// Without overwriting where the file system can do that in one step, otherwise as it renames.
    func renameUnchecked(_ path: RemotePath, to target: RemotePath) throws -> Bool {
        try moved(path, to: target, .rename) { from, old, onto, new in
            let result = rename_without_replacing(from, old, onto, new)
            guard result != 0, [EINVAL, ENOSYS, EOPNOTSUPP].contains(errno) else { return result }
            return renameat(from, old, onto, new)
        }
    }

    func renameOver(_ path: RemotePath, to target: RemotePath) throws -> Bool? {
        try moved(path, to: target, .rename) { renameat($0, $1, $2, $3) }
    }

    /// `false` where it is refused.
    private func moved(
        _ path: RemotePath, to target: RemotePath, _ operation: EndpointFault.Operation,
        _ rename: (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>) -> Int32
    ) throws -> Bool {
        _ = (try path.wireBytes(), try target.wireBytes())
        let source = try open(folder: path.folder, for: operation)
        let destination = try open(folder: target.folder, for: operation)
        let (from, onto) = (source.number, destination.number)
        return path.name.asCString { old in target.name.asCString { rename(from, old, onto, $0) == 0 } }
    }

    func setTime(of path: RemotePath, to time: UTCInstant) throws -> Bool {
        _ = try path.wireBytes()
        let folder = try open(folder: path.folder, for: .write)
        let (seconds, rest) = time.milliseconds.quotientAndRemainder(dividingBy: 1000)
        let moment = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest) * 1_000_000)
        return path.name.asCString { utimensat(folder.number, $0, [moment, moment], AT_SYMLINK_NOFOLLOW) == 0 }
    }

    func openTogether(_ path: RemotePath, most: Int) throws -> Int {
        _ = try path.wireBytes()
        let folder = try open(folder: path.folder, for: .read)
        var numbers: [Int32] = []
        defer { for number in numbers { _ = close(number) } }
        while numbers.count < most {
            let number = path.name.asCString { openat(folder.number, $0, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) }
            guard number >= 0 else { break }
            numbers.append(number)
        }
        return numbers.count
    }
}
