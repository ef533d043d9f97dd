extension Profile {
    /// A record's bytes as people read them, decoded from the profile's encoding. For showing only: what cannot be decoded
    /// appears as replacement characters.
    package func text(of original: some Sequence<UInt8>) -> String {
        let bytes = Array(original)
        if let page = encoding.page {
            var decoded: [UInt8] = []
            bytes.withUnsafeBufferPointer { page.decode($0, into: &decoded) }
            return String(decoding: decoded, as: UTF8.self)
        }
        guard encoding.isUTF16 else { return String(decoding: bytes, as: UTF8.self) }
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            encoding == .utf16LittleEndian
                ? UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8 : UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
        }
        return String(decoding: units, as: UTF16.self)
    }
}
