import Crypto

/// Texts that look like chance and are the same every time.
enum StableText {
    /// 32 hex digits.
    static func hash(_ text: String) -> String { hex(Array(SHA256.hash(data: Array(text.utf8)).prefix(16))) }
    /// 64 hex digits.
    static func longHash(_ bytes: [UInt8]) -> String { hex(Array(SHA256.hash(data: bytes))) }

    /// In the form of a UUID.
    static func identity(_ text: String) -> String {
        let digits = Array(hash(text).utf8)
        let cuts = [0, 8, 12, 16, 20, 32]
        return zip(cuts, cuts.dropFirst()).map { String(decoding: digits[$0..<$1], as: UTF8.self) }.joined(separator: "-")
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count < 2 ? "0" + digits : digits
        }
        .joined()
    }
}
