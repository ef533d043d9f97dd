import Crypto
package import Domain

extension ContentHash {
    /// The SHA-256 of `bytes`.
    package init(of bytes: [UInt8]) { self.init(digest: SHA256.hash(data: bytes)) }
}

/// A hash of bytes that come piece by piece.
package struct RunningHash {
    private var digest = SHA256()

    package init() {}

    package mutating func add(_ bytes: UnsafeRawBufferPointer) { digest.update(bufferPointer: bytes) }

    /// Of everything so far; more may be added.
    package var value: ContentHash { ContentHash(digest: digest.finalize()) }
}
