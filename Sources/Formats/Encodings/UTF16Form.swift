/// What `UTF16Source` made of a file, counted in and turned back into the file's own bytes.
enum UTF16Form {
    /// How many bytes of the file stand behind `bytes`.
    static func fileLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : $1 >= 0xF0 ? 4 : 2) }
    }

    /// The bytes as the file had them, lone surrogates included.
    static func original(_ bytes: UnsafeBufferPointer<UInt8>, encoding: TextEncoding) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * 2)
        func append(_ unit: UInt32) {
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            result += encoding == .utf16BigEndian ? [high, low] : [low, high]
        }
        var position = 0
        while position < bytes.count {
            let first = bytes[position]
            let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            var code = UInt32(length == 1 ? first : first & (0x7F >> UInt8(length)))
            for offset in 1..<max(1, length) where position + offset < bytes.count {
                code = code << 6 | UInt32(bytes[position + offset] & 0x3F)
            }
            if code >= 0x10000 {
                append(0xD800 + ((code - 0x10000) >> 10))
                append(0xDC00 + ((code - 0x10000) & 0x3FF))
            } else {
                append(code)
            }
            position += length
        }
        return result
    }
}
