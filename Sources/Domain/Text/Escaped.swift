/// Hostile bytes made safe to show: control characters, invalid UTF-8, bidirectional marks, zero-width and other invisible characters
/// appear as visible escapes, everything else as it is (reliability S2).
///
/// One rule for terminals, logs, mails and the ledger's explanations. Not for files an ERP reads back.
package struct Escaped: CustomStringConvertible, Sendable {
    package let description: String

    package init(_ bytes: some Sequence<UInt8>, limit: Int = 200) {
        let bytes = Array(bytes)
        // Nearly every code and number.
        if bytes.count < limit, bytes.allSatisfy(Self.isPlain) {
            description = String(decoding: bytes, as: UTF8.self)
            return
        }
        var shown = ""
        var count = 0
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var replay = iterator
        scanning: while true {
            replay = iterator
            switch decoder.decode(&iterator) {
            case .emptyInput: break scanning
            case .error:
                if let byte = replay.next() { shown += Self.hex(UInt32(byte)) }
                iterator = replay
                decoder = UTF8()
            case .scalarValue(let scalar): shown += Self.visible(scalar)
            }
            count += 1
            if count == limit {
                shown += "…"
                break
            }
        }
        description = shown
    }

    package init(_ text: some StringProtocol, limit: Int = 200) { self.init(Array(text.utf8), limit: limit) }

    private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\\") }

    private static func visible(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x5C: "\\\\"
        case 0x00...0x1F, 0x7F: hex(scalar.value)
        case 0x20...0x7E: String(Character(scalar))
        default: isVisible(scalar.properties) ? String(Character(scalar)) : "\\u{\(String(scalar.value, radix: 16))}"
        }
    }

    /// Whether something is seen where the character stands, and nothing but it changes. By what Unicode says of it, not by a list: marks that turn
    /// the direction, join or part what stands beside them, or take no room are found in a dozen blocks.
    private static func isVisible(_ properties: Unicode.Scalar.Properties) -> Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        default: !properties.isDefaultIgnorableCodePoint
        }
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
}
