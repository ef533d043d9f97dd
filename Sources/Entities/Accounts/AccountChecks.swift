package import Domain

/// The quality of a customer table, field by field: what is rejected, and what is only counted and left out.
package struct AccountChecks: Hashable, Sendable {
    package enum Policy: String, Sendable, CaseIterable { case reject, warn, allow }
    /// A broken address of mail is never written, whatever the policy.
    package enum EmailPolicy: String, Sendable, CaseIterable {
        case reject
        /// The row is taken without it.
        case leave
    }

    package var email: EmailPolicy
    package var postcode: Policy
    /// A parent that a full file does not have.
    package var parent: Policy

    package init(email: EmailPolicy = .reject, postcode: Policy = .warn, parent: Policy = .warn) {
        self.email = email
        self.postcode = postcode
        self.parent = parent
    }

    package static let options: [OptionSpec] = [
        OptionSpec(
            "email", .choice(EmailPolicy.allCases.map(\.rawValue)),
            "A value that is no single e-mail address: reject the row, or take it without the address.", default: "reject"),
        OptionSpec(
            "postcode", .choice(Policy.allCases.map(\.rawValue)),
            "A postcode of the UK without the shape of one: reject, count as a warning, or allow.",
            default: "warn"),
        OptionSpec(
            "parent", .choice(Policy.allCases.map(\.rawValue)),
            "A parent account that a full file does not list: reject, count as a warning, or allow.",
            default: "warn"),
    ]

    package init(_ node: SettingNode?) throws {
        let standard = AccountChecks()
        self.init(
            email: try node?.choice("email", default: standard.email) ?? standard.email,
            postcode: try node?.choice("postcode", default: standard.postcode) ?? standard.postcode,
            parent: try node?.choice("parent", default: standard.parent) ?? standard.parent)
    }

    /// One address, of a shape that the shop takes too: `local@host.domain`, without blanks, lists or control characters.
    package static func isEmail(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= 254, let at = bytes.firstIndex(of: UInt8(ascii: "@")), at > 0, at <= 64 else { return false }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !Self.forbidden.contains($0) }) else { return false }
        let host = bytes[(at + 1)...].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let local = bytes[..<at].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard host.count >= 2, host.allSatisfy({ !$0.isEmpty && $0.first != UInt8(ascii: "-") && $0.last != UInt8(ascii: "-") }) else { return false }
        guard let top = host.last, top.count >= 2, !top.allSatisfy(Self.isDigit) else { return false }
        return local.allSatisfy { !$0.isEmpty } && !bytes[(at + 1)...].contains(UInt8(ascii: "@"))
    }

    private static let forbidden = Array("()<>[]\\,;:\"".utf8)

    /// `LS1 4AP`, with or without its blank: an area of one or two letters, a district, then a digit and two letters.
    package static func isUKPostcode(_ text: String) -> Bool {
        let bytes = text.utf8.filter { $0 != 0x20 }.map { $0 >= 0x61 && $0 <= 0x7A ? $0 - 0x20 : $0 }
        if bytes == Array("GIR0AA".utf8) { return true }
        guard (5...7).contains(bytes.count) else { return false }
        let inward = bytes.suffix(3)
        guard isDigit(inward[inward.startIndex]), inward.dropFirst().allSatisfy(isLetter) else { return false }
        let outward = Array(bytes.dropLast(3))
        let area = outward.prefix { isLetter($0) }
        let district = outward.dropFirst(area.count)
        guard (1...2).contains(area.count), let first = district.first, isDigit(first), district.count <= 2 else { return false }
        return district.dropFirst().allSatisfy { isDigit($0) || isLetter($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    private static func isLetter(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }
}
