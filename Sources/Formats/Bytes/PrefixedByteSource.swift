/// A source whose beginning was read ahead: first the `head`, then the rest.
struct PrefixedByteSource: ByteSource {
    private var head: ArraySlice<UInt8>
    private var rest: any ByteSource

    /// Reads up to `length` bytes of `source` ahead and answers them together with the whole source again.
    static func peek(_ source: any ByteSource, length: Int) throws -> (head: [UInt8], whole: PrefixedByteSource) {
        var rest = source
        var head = [UInt8](repeating: 0, count: length)
        var filled = 0
        while filled < length {
            let count = try head.withUnsafeMutableBytes { try rest.read(into: .init(rebasing: $0[filled...])) }
            if count == 0 { break }
            filled += count
        }
        head.removeLast(length - filled)
        return (head, PrefixedByteSource(head: head[...], rest: rest))
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !head.isEmpty else { return try rest.read(into: buffer) }
        let count = min(head.count, buffer.count)
        buffer.copyBytes(from: head.prefix(count))
        head.removeFirst(count)
        return count
    }
}
