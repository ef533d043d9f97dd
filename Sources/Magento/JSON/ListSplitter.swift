/// Cuts the text of a JSON list into its elements as the bytes come in, however they are cut into parts. What an element is made of is not looked at
/// here; only that strings and brackets close.
struct ListSplitter {
    private enum State { case before, first, element, behind }

    /// No element is longer; what is kept is never more than one.
    static let longestElement = 1 << 20

    private var state = State.before
    private var element: [UInt8] = []
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// Bytes that came before this part.
    private var offset = 0

    /// - Parameter take: is given the bytes of each element that ends in this part, blanks around it included.
    mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ take: ([UInt8]) throws(JSONReader.Problem) -> Void
    ) throws(JSONReader.Problem) {
        // Where the element began in this part; its earlier bytes are in `element`.
        var start = 0
        for (index, byte) in bytes.enumerated() {
            switch state {
            case .before:
                guard !Self.isBlank(byte) else { continue }
                guard byte == UInt8(ascii: "[") else { throw .malformed(offset: offset + index) }
                state = .first
            case .first:
                guard !Self.isBlank(byte) else { continue }
                if byte == UInt8(ascii: "]") {
                    state = .behind
                    continue
                }
                (state, start) = (.element, index)
                follow(byte)
            case .element:
                if depth == 0, !isInString, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") {
                    element.append(contentsOf: bytes[start..<index])
                    try take(element)
                    element.removeAll(keepingCapacity: true)
                    start = index + 1
                    if byte == UInt8(ascii: "]") { state = .behind }
                } else {
                    follow(byte)
                    guard depth >= 0 else { throw .malformed(offset: offset + index) }
                }
            case .behind:
                guard Self.isBlank(byte) else { throw .malformed(offset: offset + index) }
            }
        }
        if state == .element {
            element.append(contentsOf: bytes[start...])
            guard element.count <= Self.longestElement else { throw .tooManyParts }
        }
        offset += bytes.count
    }

    /// Throws where the list has not ended.
    func finish() throws(JSONReader.Problem) {
        guard state == .behind else { throw .malformed(offset: offset) }
    }

    private mutating func follow(_ byte: UInt8) {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
