extension Profile {
    /// A record's bytes as people read them, decoded from the profile's encoding. For showing only: what cannot be decoded
    /// appears as replacement characters.
    package func text(of original: some Sequence<UInt8>) -> String {
        let bytes = Array(original)
        if format == .xml, statedEncoding == nil { return Self.guessedText(bytes) }
        return encoding.decode(bytes)
    }

    /// An XML file says itself what its characters are, in a place far from the record.
    private static func guessedText(_ bytes: [UInt8]) -> String {
        let zeros = bytes.count { $0 == 0 }
        if zeros * 3 > bytes.count {
            let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
                bytes[0] == 0 ? UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]) : UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
            }
            return String(decoding: units, as: UTF16.self)
        }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var decoded: [UInt8] = []
        bytes.withUnsafeBufferPointer { SingleBytePage.windows1252.decode($0, into: &decoded) }
        return String(decoding: decoded, as: UTF8.self)
    }
}

extension TextEncoding {
    /// For showing only: what cannot be decoded appears as replacement characters.
    package func decode(_ bytes: [UInt8]) -> String {
        if let page {
            var decoded: [UInt8] = []
            bytes.withUnsafeBufferPointer { page.decode($0, into: &decoded) }
            return String(decoding: decoded, as: UTF8.self)
        }
        guard isUTF16 else { return String(decoding: bytes, as: UTF8.self) }
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            self == .utf16LittleEndian
                ? UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8 : UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
        }
        return String(decoding: units, as: UTF16.self)
    }
}
