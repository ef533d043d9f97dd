/// Reads JSON that may be hostile: strictly RFC 8259, UTF-8 checked, with a cap on depth, without recursion deeper than
/// that cap, and with duplicate names refused rather than resolved by luck (reliability F65, S27).
///
/// What is made of an answer takes a small multiple of its bytes: every part is charged before it is made, and an answer of nothing
/// but tiny parts is refused. Names that come again in the next object of a list are kept once.
package struct JSONReader {
    package enum Problem: Error, Hashable {
        case malformed(offset: Int)
        case tooDeep
        case duplicateName(String)
        /// It would take more memory than is allowed for its length.
        case tooManyParts
    }

    /// Bytes of memory for each byte of the answer; the shop's own answers take two to four.
    private static let multiple = 6
    /// So much is allowed in any case.
    private static let allowance = 4 << 20

    /// Alive for as long as `read` runs.
    private let bytes: UnsafeBufferPointer<UInt8>
    private let maximumDepth: Int
    private var position = 0
    /// Of the latest object at each depth.
    private var names: [[String]] = []
    private var budget: Int

    package static func read(_ bytes: [UInt8], maximumDepth: Int = 64) throws(Problem) -> JSON {
        try bytes.withUnsafeBufferPointer { (bytes) throws(Problem) -> JSON in
            var reader = JSONReader(bytes: bytes, maximumDepth: maximumDepth)
            reader.skipBlanks()
            let value = try reader.value(depth: 0)
            reader.skipBlanks()
            guard reader.position == bytes.count else { throw .malformed(offset: reader.position) }
            return value
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        budget = max(Self.allowance, bytes.count * Self.multiple)
    }

    private mutating func charge(_ size: Int) throws(Problem) {
        budget -= size
        if budget < 0 { throw .tooManyParts }
    }

    private mutating func value(depth: Int) throws(Problem) -> JSON {
        switch peek() {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(Problem) -> JSON {
        guard depth <= maximumDepth else { throw .tooDeep }
        position += 1
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object(JSONObject()) }
        while names.count < depth { names.append([]) }
        // Those of one list are alike: room is made for as many members as the one before had.
        try charge(48 + names[depth - 1].count * 32)
        var members = JSONObject(expecting: names[depth - 1].count)
        var number = 0
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw .malformed(offset: position) }
            let name: String
            if let known = knownName(depth, number) { name = known } else { name = try newName(depth, number) }
            number += 1
            skipBlanks()
            try expect(UInt8(ascii: ":"))
            skipBlanks()
            guard members.add(try value(depth: depth), as: name) else { throw .duplicateName(name) }
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(members) }
            try expect(UInt8(ascii: ","))
            skipBlanks()
        }
    }

    private mutating func array(depth: Int) throws(Problem) -> JSON {
        guard depth <= maximumDepth else { throw .tooDeep }
        position += 1
        skipBlanks()
        var elements: [JSON] = []
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            // A place in a list that has grown to half as much again.
            try charge(24)
            elements.append(try value(depth: depth))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            try expect(UInt8(ascii: ","))
            skipBlanks()
        }
    }

    /// The name that the object before had at this place, where it is the same.
    private mutating func knownName(_ depth: Int, _ number: Int) -> String? {
        guard number < names[depth - 1].count else { return nil }
        let name = names[depth - 1][number]
        let count = name.utf8.count
        guard position + count + 1 < bytes.count, bytes[position + 1 + count] == UInt8(ascii: "\""),
            name.utf8.elementsEqual(bytes[position + 1..<position + 1 + count]),
            !name.utf8.contains(UInt8(ascii: "\\")), !name.utf8.contains(UInt8(ascii: "\""))
        else { return nil }
        position += count + 2
        return name
    }

    private mutating func newName(_ depth: Int, _ number: Int) throws(Problem) -> String {
        let name = try string()
        try charge(40 + name.utf8.count)
        if number < names[depth - 1].count {
            names[depth - 1][number] = name
        } else if number < JSONObject.most {
            names[depth - 1].append(name)
        }
        return name
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(Problem) -> JSON {
        let end = position + text.utf8CodeUnitCount
        guard end <= bytes.count, bytes[position..<end].elementsEqual(text.description.utf8) else {
            throw .malformed(offset: position)
        }
        position = end
        return value
    }

    private mutating func number() throws(Problem) -> String {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            // A leading zero stands alone.
        } else {
            try digits()
        }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
    }

    private mutating func digits() throws(Problem) {
        let start = position
        while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw .malformed(offset: position) }
    }

    private mutating func string() throws(Problem) -> String {
        let start = position
        position += 1
        if let text = plainString() {
            if text.utf8.count > 15 { try charge(32 + text.utf8.count) }
            return text
        }
        var content: [UInt8] = []
        while let byte = peek() {
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard let text = String(validating: content, as: UTF8.self) else { throw .malformed(offset: start) }
                if content.count > 15 { try charge(32 + content.count) }
                return text
            }
            guard byte >= 0x20 else { throw .malformed(offset: position - 1) }
            if byte == UInt8(ascii: "\\") { content.append(contentsOf: try escape().utf8) } else { content.append(byte) }
        }
        throw .malformed(offset: start)
    }

    /// A text of ASCII letters without an escape, as nearly all are; `nil`, and nothing read, for every other.
    private mutating func plainString() -> String? {
        var end = position
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] < 0x80, bytes[end] != UInt8(ascii: "\\") {
            if bytes[end] == UInt8(ascii: "\"") {
                defer { position = end + 1 }
                return String(decoding: UnsafeBufferPointer(rebasing: bytes[position..<end]), as: UTF8.self)
            }
            end += 1
        }
        return nil
    }

    private mutating func escape() throws(Problem) -> String {
        guard let byte = peek() else { throw .malformed(offset: position) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicode()
        default: throw .malformed(offset: position - 1)
        }
    }

    private mutating func unicode() throws(Problem) -> String {
        var code = try codeUnit()
        if (0xD800..<0xDC00).contains(code) {
            try expect(UInt8(ascii: "\\"))
            try expect(UInt8(ascii: "u"))
            let low = try codeUnit()
            guard (0xDC00..<0xE000).contains(low) else { throw .malformed(offset: position) }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw .malformed(offset: position) }
        return String(Character(scalar))
    }

    private mutating func codeUnit() throws(Problem) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw .malformed(offset: position)
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(Problem) {
        guard take(byte) else { throw .malformed(offset: position) }
    }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }
}
