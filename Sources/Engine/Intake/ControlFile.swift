import Domain
package import Formats
package import StateStore

/// The file a sender writes last to vouch for a delivery: a done marker, or one with a record count or a hash in it.
package struct ControlFile: Sendable {
    /// What is read of one at most: a larger one is no control file.
    static let limit = 64 << 10

    package var claim: Delivery.Claim

    /// Reads a done file's content: the SHA-256 of the file it announces, the count of records where the profile says that there is one,
    /// or anything else, which only says "done".
    /// - Parameter file: the file it announces; tells which of several sums is meant.
    /// - Throws: `FILE-DONE-COUNT` where the profile promises a count and there is none.
    package init(name: String, content: [UInt8], announces file: String, count: DoneCount?) throws {
        let text = Self.text(content)
        if let count {
            claim = Delivery.Claim(source: name, .records(try count.count(in: text, of: name)))
        } else if let hash = Self.hash(in: text, of: file) {
            claim = Delivery.Claim(source: name, .hash(hash))
        } else {
            claim = Delivery.Claim(source: name, .done)
        }
    }

    private static func text(_ content: [UInt8]) -> String {
        let mark = content.prefix(2)
        if mark == [0xFF, 0xFE] || mark == [0xFE, 0xFF] {
            let isLittle = mark.first == 0xFF
            let units = stride(from: 2, to: content.count - 1, by: 2).map { index in
                UInt16(content[index + (isLittle ? 1 : 0)]) << 8 | UInt16(content[index + (isLittle ? 0 : 1)])
            }
            return String(decoding: units, as: UTF16.self)
        }
        return String(decoding: content.starts(with: [0xEF, 0xBB, 0xBF]) ? content.dropFirst(3) : content[...], as: UTF8.self)
    }

    /// The only sum there is, or the one beside the file's name: a list of sums is of several files.
    private static func hash(in text: String, of file: String) -> ContentHash? {
        let lines = text.split(whereSeparator: \.isNewline).flatMap { line in
            let words = line.split { $0.isWhitespace || "=:,*()".contains($0) }
            return words.compactMap { ContentHash(hex: $0.lowercased()) }.map { (hash: $0, names: words.contains { $0 == file }) }
        }
        return lines.count == 1 ? lines.first?.hash : lines.first(where: \.names)?.hash
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
