import Domain
package import StateStore

/// The file a sender writes last to vouch for a delivery: a done marker, or one with a record count or a hash in it.
package struct ControlFile: Sendable {
    /// What is read of one at most: a larger one is no control file.
    static let limit = 64 << 10

    package var claim: Delivery.Claim

    /// Reads a control file's content: a SHA-256 in hex, a number of records, or anything else, which only says "done".
    package init(name: String, content: [UInt8]) {
        let words = String(decoding: content.prefix(4096), as: UTF8.self)
            .split(whereSeparator: { $0.isWhitespace || $0 == "=" || $0 == ":" || $0 == "," })
        if let hash = words.compactMap({ ContentHash(hex: $0.lowercased()) }).first {
            claim = Delivery.Claim(source: name, .hash(hash))
        } else if let count = words.compactMap({ Int($0) }).first, count >= 0 {
            claim = Delivery.Claim(source: name, .records(count))
        } else {
            claim = Delivery.Claim(source: name, .done)
        }
    }
}

extension Delivery.Claim {
    /// Whether it says anything that can be checked.
    var isProof: Bool { statement != .done }

    func check(records: Int) throws {
        guard case .records(let claimed) = statement, claimed != records else { return }
        throw Diagnostic(
            "FILE-COUNT", "the control file \(Escaped(source)) claims \(claimed) records, the file holds \(records)",
            fix: "ask the sender for the complete file; nothing of this one is applied"
        )
    }

    func check(hash: ContentHash) throws {
        guard case .hash(let claimed) = statement, claimed != hash else { return }
        throw Diagnostic(
            "FILE-HASH", "the control file \(Escaped(source)) names another SHA-256 (\(claimed.short)…) than the file has (\(hash.short)…)",
            fix: "the file was damaged or exchanged on its way: ask the sender to send both again"
        )
    }
}
