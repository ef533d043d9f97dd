/// Hostile bytes made safe to show: control characters, invalid UTF-8, bidirectional marks and zero-width characters
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
        case 0x80...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
            "\\u{\(String(scalar.value, radix: 16))}"
        default: String(Character(scalar))
        }
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
}
