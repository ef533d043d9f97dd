package import Domain

/// Builds a request body. Names and texts are escaped, numbers go in as their exact digits.
package struct JSONText {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// - Parameter capacity: how many bytes are expected.
    package init(expecting capacity: Int) { bytes.reserveCapacity(capacity) }

    package mutating func raw(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    /// Digits that are a JSON number already, such as `ExactDecimal.description`.
    package mutating func number(_ digits: String) { bytes.append(contentsOf: digits.utf8) }

    package mutating func number(_ number: ExactDecimal) {
        guard number.isWhole, !number.isNegative else { return self.number(number.description) }
        // As whole figures nearly all are: the digits, from the last to the first.
        let start = bytes.count
        var left = number.coefficient
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(left % 10))
            left /= 10
        } while left > 0
        bytes[start...].reverse()
    }

    package mutating func string(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { text in
            var rest = text[...]
            // In pieces up to what has to be escaped: nearly always one piece.
            while let special = rest.firstIndex(where: Self.isSpecial) {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: rest[..<special]))
                escape(rest[special])
                rest = rest[(special + 1)...]
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: rest))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        if byte < 0x20 {
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(contentsOf: [byte >> 4, byte & 15].map { Array("0123456789abcdef".utf8)[Int($0)] })
        } else {
            bytes.append(byte)
        }
    }

    /// `elements` between commas.
    package mutating func list<Element>(_ elements: some Sequence<Element>, _ write: (inout JSONText, Element) -> Void) {
        raw("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { raw(",") }
            write(&self, element)
        }
        raw("]")
    }
}
