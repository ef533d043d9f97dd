import Crypto
package import Domain

extension EndpointSession {
    /// What stands under a name, held against the bytes that should. Reads it only where the size is right.
    package func look(at path: RemotePath, for hash: ContentHash, size: Int64) throws -> PlacedContent {
        guard let found = try stat(path) else { return .absent }
        guard found.kind == .regular, found.gaps.contains(.size) || found.size == size else { return .different }
        var digest = SHA256()
        try read(path) { digest.update(bufferPointer: $0) }
        return ContentHash(digest: digest.finalize()) == hash ? .same : .different
    }

    /// The bytes of a small file, such as an acknowledgement; `nil` where there is none.
    /// - Throws: `FILE-TOO-LARGE` beyond `limit`.
    package func content(of path: RemotePath, limit: Int) throws -> [UInt8]? {
        guard let found = try stat(path) else { return nil }
        guard found.kind == .regular else {
            throw EndpointFault.notRegular(path.description, kind: found.kind, at: "the endpoint")
        }
        guard found.size <= limit else { throw EndpointFault.tooLarge(path, size: found.size, cap: Int64(limit)) }
        var bytes: [UInt8] = []
        try read(path) { chunk in
            guard bytes.count + chunk.count <= limit else {
                throw EndpointFault.tooLarge(path, size: Int64(bytes.count + chunk.count), cap: Int64(limit))
            }
            bytes += chunk
        }
        return bytes
    }
}
