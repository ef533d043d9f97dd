/// Bytes that are in memory already: samples, tests, a record from the error queue.
package struct MemoryByteSource: ByteSource {
    private let bytes: [UInt8]
    private let portion: Int
    private var position = 0

    /// `portion` is the most that one call hands out; tests drip-feed readers with 1.
    package init(_ bytes: some Sequence<UInt8>, portion: Int = .max) {
        self.bytes = Array(bytes)
        self.portion = portion
    }

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(portion, buffer.count, bytes.count - position)
        buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
    }
}
