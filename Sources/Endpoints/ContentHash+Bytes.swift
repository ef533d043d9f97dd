import Crypto
package import Domain

extension ContentHash {
    /// The SHA-256 of `bytes`.
    package init(of bytes: [UInt8]) { self.init(digest: SHA256.hash(data: bytes)) }
}
