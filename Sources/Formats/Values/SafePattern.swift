/// A pattern constraint of a schema, matched against the whole value in linear time (reliability S26).
///
/// The subset: literals, `.`, classes `[A-Z0-9/-]` and `[^ ]`, `\d \w \s` and escaped punctuation, each with `?`, `*`, `+`,
/// `{n}`, `{n,}` or `{n,m}`; alternatives `a|b` at the top. No groups. All states advance together, so no input is slow.
struct SafePattern: Hashable, Sendable {
    static let maximumStates = 512

    struct Fault: Error, Hashable { let text: String }

    private struct ByteSet: Hashable, Sendable {
        private var words: [UInt64] = [0, 0, 0, 0]

        init() {}
        init(_ bytes: some Sequence<UInt8>) { for byte in bytes { insert(byte) } }

        mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
        mutating func formUnion(_ other: ByteSet) { for index in 0..<4 { words[index] |= other.words[index] } }
        mutating func invert() { for index in 0..<4 { words[index] = ~words[index] } }
        func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0 }
    }

    /// One position of an alternative: may be passed over, may be repeated.
    private struct State: Hashable, Sendable {
        var set: ByteSet
        var isOptional: Bool
        var isRepeated: Bool
    }

    let text: String
    private let alternatives: [[State]]

    init(_ text: String) throws(Fault) {
        self.text = text
        var parser = Parser(rest: Array(text.utf8)[...])
        alternatives = try parser.alternatives()
    }

    func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        alternatives.contains { Self.matches($0, bytes) }
    }

    func matches(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { matches($0) }
    }

    private static func matches(_ states: [State], _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var active = [Bool](repeating: false, count: states.count + 1)
        active[0] = true
        skipOptional(states, &active)
        for byte in bytes {
            var next = [Bool](repeating: false, count: states.count + 1)
            var isAlive = false
            for index in states.indices where active[index] && states[index].set.contains(byte) {
                next[index + 1] = true
                if states[index].isRepeated { next[index] = true }
                isAlive = true
            }
            guard isAlive else { return false }
            active = next
            skipOptional(states, &active)
        }
        return active[states.count]
    }

    private static func skipOptional(_ states: [State], _ active: inout [Bool]) {
        for index in states.indices where active[index] && states[index].isOptional { active[index + 1] = true }
    }

    private struct Parser {
        var rest: ArraySlice<UInt8>
        private let word = ByteSet(Array(0x30...0x39) + Array(0x41...0x5A) + Array(0x61...0x7A) + [0x5F])

        init(rest: ArraySlice<UInt8>) { self.rest = rest }

        mutating func alternatives() throws(Fault) -> [[State]] {
            var alternatives: [[State]] = [[]]
            if rest.first == UInt8(ascii: "^") { rest.removeFirst() }
            if rest.last == UInt8(ascii: "$"), rest.dropLast().last != UInt8(ascii: "\\") { rest.removeLast() }
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "|") {
                    alternatives.append([])
                } else {
                    let set = try set(startingWith: byte)
                    alternatives[alternatives.count - 1] += try repeated(set)
                }
                guard alternatives.joined().count <= SafePattern.maximumStates else {
                    throw Fault(text: "it is too long")
                }
            }
            return alternatives
        }

        private mutating func set(startingWith byte: UInt8) throws(Fault) -> ByteSet {
            switch byte {
            case UInt8(ascii: "."): return ByteSet(UInt8.min...UInt8.max)
            case UInt8(ascii: "["): return try classSet()
            case UInt8(ascii: "\\"): return try escaped()
            case UInt8(ascii: "("), UInt8(ascii: ")"): throw Fault(text: "groups are not supported")
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
                throw Fault(text: "there is nothing to repeat before '\(Character(Unicode.Scalar(byte)))'")
            case UInt8(ascii: "^"), UInt8(ascii: "$"): throw Fault(text: "anchors stand only at the ends")
            default: return ByteSet([byte])
            }
        }

        private mutating func escaped() throws(Fault) -> ByteSet {
            guard let byte = rest.popFirst() else { throw Fault(text: "it ends with a backslash") }
            switch byte {
            case UInt8(ascii: "d"): return ByteSet(0x30...0x39)
            case UInt8(ascii: "w"): return word
            case UInt8(ascii: "s"): return ByteSet([0x20, 0x09, 0x0A, 0x0D])
            default:
                guard !word.contains(byte) else {
                    throw Fault(text: "'\\\(Character(Unicode.Scalar(byte)))' is not supported")
                }
                return ByteSet([byte])
            }
        }

        private mutating func classSet() throws(Fault) -> ByteSet {
            var set = ByteSet()
            let isInverted = rest.first == UInt8(ascii: "^")
            if isInverted { rest.removeFirst() }
            var isFirst = true
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "]"), !isFirst {
                    if isInverted { set.invert() }
                    return set
                }
                isFirst = false
                if byte == UInt8(ascii: "\\") {
                    set.formUnion(try escaped())
                } else if rest.first == UInt8(ascii: "-"), let end = rest.dropFirst().first, end != UInt8(ascii: "]") {
                    guard byte <= end, end < 0x80 else { throw Fault(text: "a range in a class runs backwards") }
                    rest.removeFirst(2)
                    set.formUnion(ByteSet(byte...end))
                } else {
                    guard byte < 0x80 else { throw Fault(text: "classes hold ASCII only") }
                    set.insert(byte)
                }
            }
            throw Fault(text: "a class is not closed")
        }

        private mutating func repeated(_ set: ByteSet) throws(Fault) -> [State] {
            let once = State(set: set, isOptional: false, isRepeated: false)
            let maybe = State(set: set, isOptional: true, isRepeated: false)
            let many = State(set: set, isOptional: true, isRepeated: true)
            switch rest.first {
            case UInt8(ascii: "?"):
                rest.removeFirst()
                return [maybe]
            case UInt8(ascii: "*"):
                rest.removeFirst()
                return [many]
            case UInt8(ascii: "+"):
                rest.removeFirst()
                return [once, many]
            case UInt8(ascii: "{"):
                rest.removeFirst()
                guard let close = rest.firstIndex(of: UInt8(ascii: "}")) else { throw Fault(text: "a { is not closed") }
                let bounds = String(decoding: rest[..<close], as: UTF8.self).split(
                    separator: ",", omittingEmptySubsequences: false)
                rest = rest[(close + 1)...]
                guard let low = bounds.first.flatMap({ Int($0) }), (0...SafePattern.maximumStates).contains(low),
                    bounds.count <= 2
                else { throw Fault(text: "a repetition must be {n}, {n,} or {n,m}") }
                let fixed = [State](repeating: once, count: low)
                if bounds.count == 1 { return fixed }
                if bounds[1].isEmpty { return fixed + [many] }
                guard let high = Int(bounds[1]), high >= low, high <= SafePattern.maximumStates else {
                    throw Fault(text: "a repetition must be {n}, {n,} or {n,m}")
                }
                return fixed + [State](repeating: maybe, count: high - low)
            default: return [once]
            }
        }
    }
}
