import Crypto

/// The SHA-256 of a file, as `sha256sum` prints it.
enum FileHash {
    static func hex(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
