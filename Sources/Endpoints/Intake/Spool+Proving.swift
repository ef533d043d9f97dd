import Crypto
package import Domain
import Glibc

/// Disks change bytes. What is held is compared with its hash before every use, so that what was received is what is read.
extension Spool {
    /// Where the bytes of `hash` are, compared with it just now.
    /// - Throws: `SPOOL-GONE` and `SPOOL-DAMAGED`, both transient: nothing is done in their place, and what was fetched can be fetched again.
    package func provenPath(of hash: ContentHash) throws -> String {
        let path = path(of: hash)
        switch holding(of: hash) {
        case .good: return path
        case .absent:
            throw Diagnostic(
                "SPOOL-GONE", "the spool no longer has the file \(hash.short)", at: .init(file: path),
                fix: "put it back from a backup of the spool, or let the sender write the file again; nothing is read in its place",
                kind: .transient)
        case .damaged(let reason):
            throw Self.damaged(hash, reason, at: path)
        }
    }

    package static func damaged(_ hash: ContentHash, _ reason: String, at path: String) -> Diagnostic {
        Diagnostic(
            "SPOOL-DAMAGED", "the spool's \(hash.short) is not what was received: \(reason)", at: .init(file: path),
            fix: "check the disk; put the file back from a backup of the spool, or let the sender write it again. It is never used as it is",
            kind: .transient)
    }

    enum Holding: Hashable {
        case good, absent
        case damaged(String)
    }

    func holding(of hash: ContentHash) -> Holding {
        let found: Descriptor
        do {
            guard let number = try OwnFile.open(path(of: hash), O_RDONLY | O_CLOEXEC | O_NOFOLLOW) else {
                return errno == ENOENT ? .absent : .damaged(SystemError(errno).text)
            }
            found = Descriptor(owning: number)
        } catch { return .damaged("\(error)") }
        var digest = SHA256()
        let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { window.deallocate() }
        do {
            while true {
                let count = try found.read(into: window)
                if count == 0 { break }
                digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: window[..<count]))
            }
        } catch { return .damaged(error.text) }
        return ContentHash(digest: digest.finalize()) == hash ? .good : .damaged("its bytes have another hash")
    }
}
