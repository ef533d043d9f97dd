import Domain

/// What a packed file holds, in portions, for whoever looks up single records of a file that was read before.
///
/// Its length was limited when it was read; only the ratio is watched again.
package struct GzipContent {
    private var source: GzipByteSource

    /// Throws `FILE-OPEN`, `FILE-READ`.
    package static func isPacked(_ path: String) throws -> Bool {
        var source = try FileByteSource(path: path)
        var head: [UInt8] = [0, 0]
        let count = try head.withUnsafeMutableBytes { try source.read(into: $0) }
        return count == 2 && head == GzipByteSource.signature
    }

    /// Throws `FILE-OPEN`, `MEMORY`.
    package init(path: String) throws {
        source = try GzipByteSource(FileByteSource(path: path), maximumLength: .max, file: path)
    }

    /// `nil` at the end. Throws `GZIP-…`.
    package mutating func next() throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        let count = try bytes.withUnsafeMutableBytes { try source.read(into: $0) }
        guard count > 0 else { return nil }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
