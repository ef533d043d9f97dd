import Glibc
import Synchronization

/// A folder of its own for one test, removed with everything in it at the end of its life or of the process.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() {
        var template = Array("/tmp/tallyman-test-XXXXXX\u{0}".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no temporary folder: \(String(cString: strerror(errno)))") }
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let made = path
        if Self.removesAtExit { Self.living.withLock { paths in _ = paths.insert(made) } }
    }

    deinit {
        Self.removeTree(path)
        Self.living.withLock { paths in _ = paths.remove(path) }
    }

    private static let living = Mutex<Set<String>>([])
    /// Folders held by globals never see their end of life.
    private static let removesAtExit: Bool = {
        atexit { TemporaryFolder.living.withLock { paths in paths.forEach(TemporaryFolder.removeTree) } } == 0
    }()

    /// Writes a file below the folder, making the folders between. Replaces what is there.
    @discardableResult
    package func write(_ name: String, _ bytes: some Sequence<UInt8>, mode: UInt32 = 0o644) -> String {
        let file = "\(path)/\(name)"
        for end in name.indices where name[end] == "/" { mkdir("\(path)/\(name[..<end])", 0o755) }
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        precondition(descriptor >= 0, "cannot write \(file): \(String(cString: strerror(errno)))")
        defer { close(descriptor) }
        let content = Array(bytes)
        var written = 0
        while written < content.count {
            let count = content[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            precondition(count > 0, "cannot write \(file): \(String(cString: strerror(errno)))")
            written += count
        }
        return file
    }

    /// `nil` where there is no such file.
    package func read(_ name: String) -> [UInt8]? { Self.content(of: "\(path)/\(name)") }

    /// The names in the folder or in one below it, sorted; `.` and `..` left out.
    package func names(in folder: String = "") -> [String] {
        guard let stream = opendir("\(path)/\(folder)") else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package static func content(of file: String) -> [UInt8]? {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            guard count > 0 else { return content }
            content += piece[..<count]
        }
    }

    private static func removeTree(_ path: String) {
        if let stream = opendir(path) {
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
                guard name != Array(".".utf8), name != Array("..".utf8) else { continue }
                // Names may be any bytes: work from the folder's descriptor.
                var status = stat()
                let isFolder =
                    name.withNul { fstatat(dirfd(stream), $0, &status, AT_SYMLINK_NOFOLLOW) == 0 }
                    && status.st_mode & S_IFMT == S_IFDIR
                if isFolder { removeTree("\(path)/\(String(decoding: name, as: UTF8.self))") }
                _ = name.withNul { unlinkat(dirfd(stream), $0, 0) }
            }
            closedir(stream)
        }
        rmdir(path)
    }
}

extension [UInt8] {
    /// The bytes with a NUL behind them, during `body`.
    package func withNul<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("never empty: it ends in NUL") }
            return body(base)
        }
    }
}
