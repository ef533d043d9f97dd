/// What kinds of bytes a stretch holds: eight at a time.
struct ByteSurvey {
    /// A byte above 0x7F.
    var hasHigh: Bool
    var hasNull: Bool

    private static let ones = SIMD2<UInt64>(repeating: 0x0101_0101_0101_0101)

    /// Needs `ByteWindow.margin` readable bytes behind `count`.
    @inline(__always)
    init(_ base: UnsafePointer<UInt8>, count: Int) {
        var highs = SIMD2<UInt64>.zero
        var nulls = SIMD2<UInt64>.zero
        var position = 0
        let raw = UnsafeRawPointer(base)
        while position + 16 <= count {
            let words = raw.loadUnaligned(fromByteOffset: position, as: SIMD2<UInt64>.self)
            highs |= words
            nulls |= (words &- Self.ones) & ~words
            position += 16
        }
        var high = highs.x | highs.y
        var null = nulls.x | nulls.y
        if position + 8 <= count {
            let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            high |= word
            null |= (word &- 0x0101_0101_0101_0101) & ~word
            position += 8
        }
        if position < count {
            let tail = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let unused = UInt64(8 * (8 - (count - position)))
            let kept = (tail << unused) >> unused
            high |= kept
            let filled = kept | (UInt64.max << (64 - unused))
            null |= (filled &- 0x0101_0101_0101_0101) & ~filled
        }
        hasHigh = high & 0x8080_8080_8080_8080 != 0
        hasNull = null & 0x8080_8080_8080_8080 != 0
    }
}
