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

    /// A name that both patterns take; `nil` where there is none.
    package func nameShared(with other: GlobPattern) -> String? {
        struct State: Hashable { var own, other: Int }
        var names: [State: [UInt8]] = [State(own: 0, other: 0): []]
        var waiting = [State(own: 0, other: 0)]
        var next = 0
        func reach(_ state: State, _ name: [UInt8]) {
            guard names[state] == nil else { return }
            names[state] = name
            waiting.append(state)
        }
        while next < waiting.count {
            let state = waiting[next]
            next += 1
            guard let name = names[state] else { continue }
            let own = state.own < tokens.count ? tokens[state.own] : nil
            let theirs = state.other < other.tokens.count ? other.tokens[state.other] : nil
            if own == nil, theirs == nil { return name.isEmpty ? description : String(decoding: name, as: UTF8.self) }
            if own == .run { reach(State(own: state.own + 1, other: state.other), name) }
            if theirs == .run { reach(State(own: state.own, other: state.other + 1), name) }
            guard let own, let theirs else { continue }
            let byte = Self.candidates.first { (own == .run || own.accepts($0)) && (theirs == .run || theirs.accepts($0)) }
            guard let byte else { continue }
            reach(State(own: state.own + (own == .run ? 0 : 1), other: state.other + (theirs == .run ? 0 : 1)), name + [byte])
        }
        return nil
    }

    /// Letters first, so that an example reads as a name.
    private static let candidates = Array(UInt8(ascii: "a")...UInt8(ascii: "z")) + Array(1...255)

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
