/// Compact encoding of typed values: what mirrors, plans and spill files hold. Little and stable; a version of a value's
/// layout is the value's own business.
public enum ByteWriter {
    /// LEB128.
    @inlinable @inline(__always)
    public static func varint(_ number: UInt64, into bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Zigzag, so that small negatives stay small.
    @inlinable public static func signed(_ number: Int64, into bytes: inout [UInt8]) {
        varint(UInt64(bitPattern: (number << 1) ^ (number >> 63)), into: &bytes)
    }

    @inlinable public static func decimal(_ number: ExactDecimal, into bytes: inout [UInt8]) {
        bytes.append(number.scale)
        signed(number.coefficient, into: &bytes)
    }

    /// What `content` appends, behind its length: without an array of its own.
    @inlinable public static func nested(into bytes: inout [UInt8], _ content: (inout [UInt8]) -> Void) {
        let start = bytes.count
        bytes.append(0)
        content(&bytes)
        let length = bytes.count - start - 1
        guard length >= 0x80 else {
            bytes[start] = UInt8(length)
            return
        }
        var long: [UInt8] = []
        varint(UInt64(length), into: &long)
        bytes.replaceSubrange(start...start, with: long)
    }

    @inlinable public static func nested(_ content: ArraySlice<UInt8>, into bytes: inout [UInt8]) {
        varint(UInt64(content.count), into: &bytes)
        bytes.append(contentsOf: content)
    }

    public static func text(_ text: String, into bytes: inout [UInt8]) {
        varint(UInt64(text.utf8.count), into: &bytes)
        bytes.append(contentsOf: text.utf8)
    }
}

/// Reads what `ByteWriter` wrote. Anything else is `Malformed`; it never reads past its end.
package struct ByteReader {
    package struct Malformed: Error {
        package init() {}
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    package var isAtEnd: Bool { position == bytes.endIndex }

    package mutating func byte() throws(Malformed) -> UInt8 {
        guard position < bytes.endIndex else { throw Malformed() }
        defer { position += 1 }
        return bytes[position]
    }

    package mutating func varint() throws(Malformed) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 64 else { throw Malformed() }
            number |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return number }
            shift += 7
        }
    }

    package mutating func signed() throws(Malformed) -> Int64 {
        let number = try varint()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    package mutating func decimal() throws(Malformed) -> ExactDecimal {
        let scale = Int(try byte())
        guard let number = ExactDecimal(coefficient: try signed(), scale: scale) else { throw Malformed() }
        return number
    }

    package mutating func nestedSlice() throws(Malformed) -> ArraySlice<UInt8> {
        let length = try varint()
        guard length <= UInt64(bytes.endIndex - position) else { throw Malformed() }
        defer { position += Int(length) }
        return bytes[position..<position + Int(length)]
    }

    package mutating func nested() throws(Malformed) -> [UInt8] { Array(try nestedSlice()) }

    package mutating func text() throws(Malformed) -> String { String(decoding: try nestedSlice(), as: UTF8.self) }
}
