/// A single-byte file as UTF-8, converted while it is read. Every byte becomes one character, also those that the page
/// leaves undefined (U+0081 for 0x81), so that places in the text lead back to the file's own bytes.
struct SingleByteSource: ByteSource {
    private var source: any ByteSource
    private let forms: [[UInt8]]
    private var raw = [UInt8](repeating: 0, count: 32 * 1024)
    private var converted: [UInt8] = []
    private var taken = 0

    init(_ source: any ByteSource, page: SingleBytePage) {
        self.source = source
        forms = (0x80...0xFF).map { byte in
            let code = page.upper[byte - 0x80]
            let scalar = Unicode.Scalar(code == 0 ? UInt16(byte) : code) ?? "?"
            return Array(String(Character(scalar)).utf8)
        }
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if taken == converted.count {
            let count = try raw.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { return 0 }
            converted.removeAll(keepingCapacity: true)
            taken = 0
            for byte in raw[0..<count] {
                if byte < 0x80 { converted.append(byte) } else { converted += forms[Int(byte) - 0x80] }
            }
        }
        let count = min(buffer.count, converted.count - taken)
        buffer.copyBytes(from: converted[taken..<taken + count])
        taken += count
        return count
    }

    /// The bytes that `text` was made of.
    static func original(_ text: UnsafeBufferPointer<UInt8>, page: SingleBytePage) -> [UInt8] {
        String(decoding: text, as: UTF8.self).unicodeScalars.map { page.byte(for: $0) ?? UInt8(truncatingIfNeeded: $0.value) }
    }
}
