import Crypto
package import Domain
import Glibc

/// Files that are made here to leave: held under their hash before anything of them is sent (reliability D4).
extension Spool {
    /// Holds `bytes` durably. Safe to repeat: the same bytes are held once.
    package func hold(_ bytes: [UInt8]) throws -> SpooledFile {
        let hash = ContentHash(digest: SHA256.hash(data: bytes))
        let target = path(of: hash)
        if let size = size(of: hash), size == Int64(bytes.count), (try? content(of: hash)) == bytes {
            return SpooledFile(hash: hash, size: size, path: target)
        }
        try write(bytes, as: hash)
        return SpooledFile(hash: hash, size: Int64(bytes.count), path: target)
    }

    /// The bytes under `hash`, proven to be the ones that were held. Throws `SPOOL-DAMAGED`.
    package func content(of hash: ContentHash) throws -> [UInt8] {
        let path = path(of: hash)
        guard let number = try OwnFile.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) else { throw lost(hash, "it is not there") }
        let file = Descriptor(owning: number)
        var content: [UInt8] = []
        var window = [UInt8](repeating: 0, count: 1 << 16)
        do {
            while true {
                let count = try window.withUnsafeMutableBytes { try file.read(into: $0) }
                if count == 0 { break }
                content += window[..<count]
            }
        } catch let error as SystemError { throw lost(hash, error.text) }
        guard ContentHash(digest: SHA256.hash(data: content)) == hash else { throw lost(hash, "its bytes are others") }
        return content
    }

    private func lost(_ hash: ContentHash, _ text: String) -> Diagnostic {
        Diagnostic(
            "SPOOL-DAMAGED", "The spool's \(hash.short) cannot be used: \(text)", at: .init(file: path(of: hash)),
            fix: "Nothing is sent in its place. Put the file back from a backup, then run the flow again")
    }
}
