import Domain

/// An address that mail can be sent to: one `local@domain` of plain ASCII, without a display name.
///
/// Nothing that could end a header or an SMTP command gets in, so an address can be written into either as it is.
package struct MailAddress: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package var description: String { text }
    package var domain: Substring { text[text.index(after: text.lastIndex(of: "@") ?? text.startIndex)...] }

    /// `nil` where this is no such address.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")), (1...64).contains(at), at + 1 < bytes.count,
            bytes[..<at].allSatisfy(Self.isLocal), bytes[..<at].first != UInt8(ascii: "."), bytes[..<at].first != UInt8(ascii: "-"),
            bytes[(at + 1)...].allSatisfy(Self.isDomain), bytes[at + 1] != UInt8(ascii: "."), bytes[at + 1] != UInt8(ascii: "-")
        else { return nil }
        self.text = text
    }

    private static func isLocal(_ byte: UInt8) -> Bool { isDomain(byte) || "!#$%&'*+/=?^_`{|}~".utf8.contains(byte) }

    private static func isDomain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension SettingNode {
    /// The addresses of a list or a single text. Throws a `Diagnostic` at the first that is none.
    package func addresses(_ key: String) throws -> [MailAddress] {
        guard let node = self[key] else { return [] }
        return try (node.list ?? [node]).map { item in
            guard let address = item.scalar.flatMap({ MailAddress($0) }) else {
                throw item.invalid("is no mail address", fix: "write it like ops@acme.example, without a name")
            }
            return address
        }
    }
}
