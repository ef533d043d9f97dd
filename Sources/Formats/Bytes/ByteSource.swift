/// Where a file's bytes come from: a pull cursor without positions.
package protocol ByteSource {
    /// Puts up to `buffer.count` bytes at the start of `buffer` and answers how many; 0 means the end, for good.
    /// May answer fewer than asked for without being at the end. Throws a `Diagnostic`.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}
