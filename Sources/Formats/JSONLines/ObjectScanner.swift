import Domain

/// One line taken apart as the JSON object that it has to be (RFC 8259), value by value and without a tree of it in memory.
///
/// Numbers stay the text that they are: `1.10` is not 1.1, and nothing goes through binary floating point.
struct ObjectScanner {
    /// What is wrong with the line, and at which of its bytes, from 1.
    struct Fault: Error {
        var column: Int
        var text: String
    }

    private let line: [UInt8]
    private var position = 0
    private var hasRows = false
    /// Text of the string or number that was read last, in UTF-8.
    private(set) var text: [UInt8] = []

    private static let deepest = 64

    init(_ line: [UInt8]) { self.line = line }

    /// What a value of a place that is wanted is.
    enum Value {
        /// Its text is in `text`.
        case scalar
        case null
        /// The text of a list or object is nothing that a column can take.
        case compound(String)
    }

    /// Calls `take` for each value at a place of `tree`, `rows` around each object of its list of rows.
    mutating func read(
        _ tree: ObjectTree, rowTree: ObjectTree, take: (Int, ObjectScanner, Value) throws(Fault) -> Void, closeRow: () throws(Fault) -> Void
    ) throws(Fault) {
        skipBlanks()
        guard peek() == UInt8(ascii: "{") else { throw fault("an object has to begin here: {") }
        try object(tree, tree.root, depth: 0, rowTree, take, closeRow)
        skipBlanks()
        guard position == line.count else { throw fault("something stands behind the object's end") }
    }

    private mutating func object(
        _ tree: ObjectTree, _ node: Int?, depth: Int, _ rowTree: ObjectTree, _ take: (Int, ObjectScanner, Value) throws(Fault) -> Void,
        _ closeRow: () throws(Fault) -> Void
    ) throws(Fault) {
        guard depth < Self.deepest else { throw fault("it is nested too deeply") }
        position += 1
        skipBlanks()
        if accept("}") { return }
        while true {
            skipBlanks()
            guard peek() == UInt8(ascii: "\"") else { throw fault("a name in quotes is missing") }
            try string()
            let next = tree.member(text, of: node)
            skipBlanks()
            guard accept(":") else { throw fault("a colon is missing") }
            try value(tree, next, depth: depth + 1, rowTree, take, closeRow)
            skipBlanks()
            if accept(",") { continue }
            guard accept("}") else { throw fault("a comma or } is missing") }
            return
        }
    }

    private mutating func value(
        _ tree: ObjectTree, _ node: Int?, depth: Int, _ rowTree: ObjectTree, _ take: (Int, ObjectScanner, Value) throws(Fault) -> Void,
        _ closeRow: () throws(Fault) -> Void
    ) throws(Fault) {
        skipBlanks()
        let start = position
        switch peek() {
        case UInt8(ascii: "{"):
            if let slot = tree.slot(node) { try take(slot, self, .compound("an object")) }
            if tree.isRows(node) { throw Fault(column: start + 1, text: "'\(tree.path(node))' has to be a list") }
            try object(tree, tree.hasMembers(node) ? node : nil, depth: depth, rowTree, take, closeRow)
        case UInt8(ascii: "["):
            if let slot = tree.slot(node) { try take(slot, self, .compound("a list")) }
            if tree.hasMembers(node) { throw Fault(column: start + 1, text: "'\(tree.path(node))' has to be an object") }
            if tree.isRows(node) {
                // Rows of both lists together would be twice the goods.
                guard !hasRows else { throw Fault(column: start + 1, text: "'\(tree.path(node))' stands twice") }
                hasRows = true
            }
            try list(tree, node, depth: depth, rowTree, take, closeRow)
        case nil: throw fault("a value is missing")
        default:
            let isNull = try scalar()
            guard !isNull || tree.slot(node) != nil else { return }
            if let slot = tree.slot(node) { return try take(slot, self, isNull ? .null : .scalar) }
            if tree.hasMembers(node) || tree.isRows(node) {
                throw Fault(column: start + 1, text: "'\(tree.path(node))' has to be \(tree.isRows(node) ? "a list" : "an object")")
            }
        }
    }

    private mutating func list(
        _ tree: ObjectTree, _ node: Int?, depth: Int, _ rowTree: ObjectTree, _ take: (Int, ObjectScanner, Value) throws(Fault) -> Void,
        _ closeRow: () throws(Fault) -> Void
    ) throws(Fault) {
        guard depth < Self.deepest else { throw fault("it is nested too deeply") }
        position += 1
        skipBlanks()
        if accept("]") { return }
        while true {
            skipBlanks()
            if tree.isRows(node) {
                guard peek() == UInt8(ascii: "{") else { throw fault("each of '\(tree.path(node))' has to be an object") }
                try object(rowTree, rowTree.root, depth: depth + 1, rowTree, take, closeRow)
                try closeRow()
            } else {
                try value(tree, nil, depth: depth + 1, rowTree, take, closeRow)
            }
            skipBlanks()
            if accept(",") { continue }
            guard accept("]") else { throw fault("a comma or ] is missing") }
            return
        }
    }

    // MARK: Words

    /// Reads a string, number, `true`, `false` or `null` into `text`; answers whether it is `null`.
    private mutating func scalar() throws(Fault) -> Bool {
        if peek() == UInt8(ascii: "\"") {
            try string()
            return false
        }
        let start = position
        while let byte = peek(), !",]}: \t".utf8.contains(byte) { position += 1 }
        text = Array(line[start..<position])
        switch text {
        case Array("null".utf8): return true
        case Array("true".utf8), Array("false".utf8): return false
        default:
            guard Self.isNumber(text) else {
                throw Fault(column: start + 1, text: text.isEmpty ? "a value is missing" : "'\(Escaped(text, limit: 40))' is no value of JSON")
            }
            return false
        }
    }

    private static func isNumber(_ text: [UInt8]) -> Bool {
        var rest = text[...]
        func digits() -> Int {
            let count = rest.prefix { $0 &- 0x30 < 10 }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let leading = rest.first
        let whole = digits()
        guard whole == 1 || whole > 1 && leading != UInt8(ascii: "0") else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            if digits() == 0 { return false }
        }
        if let byte = rest.first, byte | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }

    private mutating func string() throws(Fault) {
        text.removeAll(keepingCapacity: true)
        let start = position
        position += 1
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return
            case UInt8(ascii: "\\"): try escaped()
            case 0..<0x20:
                throw Fault(
                    column: position, text: "a control character stands in a text; it is written as \\u00\(Self.hex(byte >> 4))\(Self.hex(byte & 15))"
                )
            default: text.append(byte)
            }
        }
        throw Fault(column: start + 1, text: "a text begins here and does not end")
    }

    private static func hex(_ digit: UInt8) -> String { String(digit, radix: 16) }

    private mutating func escaped() throws(Fault) {
        guard let byte = peek() else { throw fault("a text does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            var value = UInt32(unit)
            if UTF16.isLeadSurrogate(unit) {
                guard accept("\\"), accept("u") else { throw fault("half a character: the second \\u is missing") }
                let trail = try codeUnit()
                guard UTF16.isTrailSurrogate(trail) else { throw fault("half a character: the second \\u does not belong to the first") }
                value = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(trail) - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw fault("half a character: the first \\u is missing") }
            text += Array(String(Character(scalar)).utf8)
        default:
            position -= 1
            throw fault("'\\\(Escaped([byte]))' is no escape of JSON")
        }
    }

    private mutating func codeUnit() throws(Fault) -> UInt16 {
        guard position + 4 <= line.count, let unit = UInt16(String(decoding: line[position..<position + 4], as: UTF8.self), radix: 16),
            line[position..<position + 4].allSatisfy({ $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 6 })
        else { throw fault("four hexadecimal digits are missing") }
        position += 4
        return unit
    }

    private func peek() -> UInt8? { position < line.count ? line[position] : nil }

    private mutating func accept(_ byte: Character) -> Bool {
        guard let next = peek(), next == byte.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 { position += 1 }
    }

    private func fault(_ text: String) -> Fault { Fault(column: position + 1, text: text) }
}
