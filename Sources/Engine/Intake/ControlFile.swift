package import Domain

/// The file a sender writes last to vouch for a delivery: a done marker, or one with a record count or a hash in it.
package struct ControlFile: Sendable {
    package enum Claim: Hashable, Sendable {
        case done
        case records(Int)
        case hash(ContentHash)
    }

    package var name: String
    package var claim: Claim

    /// Reads a control file's content: a SHA-256 in hex, a number of records, or anything else, which only says "done".
    package init(name: String, content: [UInt8]) {
        self.name = name
        let words = String(decoding: content.prefix(4096), as: UTF8.self)
            .split(whereSeparator: { $0.isWhitespace || $0 == "=" || $0 == ":" || $0 == "," })
        if let hash = words.compactMap({ ContentHash(hex: $0.lowercased()) }).first {
            claim = .hash(hash)
        } else if let count = words.compactMap({ Int($0) }).first, count >= 0 {
            claim = .records(count)
        } else {
            claim = .done
        }
    }

    /// Whether it says anything that can be checked.
    package var isProof: Bool { claim != .done }

    package func check(records: Int) throws {
        guard case .records(let claimed) = claim, claimed != records else { return }
        throw Diagnostic(
            "FILE-COUNT", "the control file \(Escaped(name)) claims \(claimed) records, the file holds \(records)",
            hint: "ask the sender for the complete file; nothing of this one is applied"
        )
    }

    package func check(hash: ContentHash) throws {
        guard case .hash(let claimed) = claim, claimed != hash else { return }
        throw Diagnostic(
            "FILE-HASH", "the control file \(Escaped(name)) names another SHA-256 (\(claimed.short)…) than the file has (\(hash.short)…)",
            hint: "the file was damaged or exchanged on its way: ask the sender to send both again"
        )
    }
}
