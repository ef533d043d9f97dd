/// A shell pattern over bytes: `*` any run, `?` any one byte, `[a-z]` and `[!a-z]` a set, `\` takes the next byte as it is.
///
/// Matching takes at most pattern × name steps and never recurses, so no name can make it slow (a hostile server chooses
/// the names).
package struct GlobPattern: Hashable, Sendable, CustomStringConvertible {
    /// Whether `[` begins a set. Host patterns of OpenSSH have none: `[host]:2222` is meant as it stands.
    package enum Brackets: Sendable { case set, literal }

    private enum Token: Hashable {
        case byte(UInt8)
        case any
        case run
        case set([ClosedRange<UInt8>], isNegated: Bool)

        func accepts(_ byte: UInt8) -> Bool {
            switch self {
            case .byte(let own): own == byte
            case .any: true
            case .run: false
            case .set(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
            }
        }
    }

    package let description: String
    private let tokens: [Token]

    package init(_ pattern: some StringProtocol, brackets: Brackets = .set) {
        description = String(pattern)
        tokens = Self.tokens(Array(pattern.utf8), brackets)
    }

    package func matches(_ name: [UInt8]) -> Bool {
        var (token, byte) = (0, 0)
        // Where the last `*` stands and how far it reaches; on a mismatch it takes one byte more.
        var (star, reach) = (-1, 0)
        while byte < name.count {
            if token < tokens.count, tokens[token] == .run {
                (star, reach) = (token, byte)
                token += 1
            } else if token < tokens.count, tokens[token].accepts(name[byte]) {
                token += 1
                byte += 1
            } else if star >= 0 {
                reach += 1
                (token, byte) = (star + 1, reach)
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .run }
    }

    private static func tokens(_ pattern: [UInt8], _ brackets: Brackets) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        while index < pattern.count {
            switch pattern[index] {
            case UInt8(ascii: "*"):
                if tokens.last != .run { tokens.append(.run) }
            case UInt8(ascii: "?"):
                tokens.append(.any)
            case UInt8(ascii: "\\") where index + 1 < pattern.count:
                index += 1
                tokens.append(.byte(pattern[index]))
            case UInt8(ascii: "[") where brackets == .set:
                if let (set, end) = set(pattern, from: index + 1) {
                    tokens.append(set)
                    index = end
                } else {
                    tokens.append(.byte(pattern[index]))
                }
            case let byte:
                tokens.append(.byte(byte))
            }
            index += 1
        }
        return tokens
    }

    /// The set that begins behind `[`, with the index of its `]`; `nil` where it never ends.
    private static func set(_ pattern: [UInt8], from start: Int) -> (Token, Int)? {
        var index = start
        let isNegated = index < pattern.count && (pattern[index] == UInt8(ascii: "!") || pattern[index] == UInt8(ascii: "^"))
        if isNegated { index += 1 }
        var ranges: [ClosedRange<UInt8>] = []
        while index < pattern.count {
            let low = pattern[index]
            if low == UInt8(ascii: "]"), !ranges.isEmpty { return (.set(ranges, isNegated: isNegated), index) }
            if index + 2 < pattern.count, pattern[index + 1] == UInt8(ascii: "-"), pattern[index + 2] != UInt8(ascii: "]") {
                let high = pattern[index + 2]
                ranges.append(min(low, high)...max(low, high))
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        return nil
    }
}
