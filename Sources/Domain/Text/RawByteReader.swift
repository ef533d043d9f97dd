/// As `ByteReader`, over memory that the caller keeps alive meanwhile: nothing is retained and nothing copied, for the loops
/// that run once per record of a file, and open to be inlined there. Every answer is `nil` where the bytes are not what `ByteWriter` wrote.
public struct RawByteReader {
    @usableFromInline let start: UnsafeRawPointer?
    @usableFromInline let count: Int
    /// Bytes read so far.
    @usableFromInline var position = 0

    @inlinable public init(_ bytes: UnsafeRawBufferPointer) {
        start = bytes.baseAddress
        count = bytes.count
    }

    @inlinable public var isAtEnd: Bool { position == count }
    @inlinable public var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start.map { $0 + position }, count: count - position) }

    @inlinable @inline(__always)
    public mutating func byte() -> UInt8? {
        guard position < count, let start else { return nil }
        defer { position += 1 }
        return start.load(fromByteOffset: position, as: UInt8.self)
    }

    /// Eight bytes, little end first.
    @inlinable @inline(__always)
    public mutating func word() -> Int64? {
        guard position + 8 <= count, let start else { return nil }
        defer { position += 8 }
        return Int64(littleEndian: start.loadUnaligned(fromByteOffset: position, as: Int64.self))
    }

    @inlinable @inline(__always)
    public mutating func varint() -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while let next = byte() {
            guard shift < 64 else { return nil }
            number |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return number }
            shift += 7
        }
        return nil
    }

    @inlinable @inline(__always)
    public mutating func signed() -> Int64? {
        guard let number = varint() else { return nil }
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    @inlinable @inline(__always)
    public mutating func decimal() -> ExactDecimal? {
        guard let scale = byte(), let coefficient = signed() else { return nil }
        return ExactDecimal(coefficient: coefficient, scale: Int(scale))
    }

    /// Whether the very bytes of `number` come next.
    @inlinable @inline(__always)
    public mutating func isNext(_ number: ExactDecimal) -> Bool {
        byte() == number.scale && signed() == number.coefficient
    }

    /// Where a nested value lies, by position.
    @inlinable @inline(__always)
    public mutating func nestedRange() -> Range<Int>? {
        guard let length = varint(), length <= UInt64(count - position) else { return nil }
        defer { position += Int(length) }
        return position..<position + Int(length)
    }

    @inlinable @inline(__always)
    public mutating func nested() -> UnsafeRawBufferPointer? {
        guard let range = nestedRange() else { return nil }
        return UnsafeRawBufferPointer(start: start.map { $0 + range.lowerBound }, count: range.count)
    }
}

extension UnsafeRawBufferPointer {
    /// Compared in words, the last two of which may overlap: keys and codes are short, and a call would cost more than they do.
    @inlinable public func holdsSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let mine = baseAddress, let theirs = other.baseAddress else { return true }
        var position = 0
        guard count >= 8 else {
            while position < count, mine.load(fromByteOffset: position, as: UInt8.self) == theirs.load(fromByteOffset: position, as: UInt8.self) {
                position += 1
            }
            return position == count
        }
        while position < count {
            let place = Swift.min(position, count - 8)
            guard mine.loadUnaligned(fromByteOffset: place, as: UInt64.self) == theirs.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            else { return false }
            position += 8
        }
        return true
    }
}
