import CArgon2
import Domain

/// Argon2id, by the C library of its authors. The one file that sees it.
enum PasswordHash {
    /// OWASP's first choice for servers: 19 MiB, two passes, one lane.
    static let memory: UInt32 = 19_456
    static let passes: UInt32 = 2
    static let lanes: UInt32 = 1
    private static let length = 32
    static var prefix: String { "$argon2id$v=19$m=\(memory),t=\(passes),p=\(lanes)$" }

    /// The hash with its parameters and salt, in PHC form. `nil` only where there is no memory for it.
    static func make(_ password: String, salt: [UInt8]) -> String? {
        let password = Array(password.utf8)
        var encoded = [CChar](repeating: 0, count: 256)
        let result = argon2id_hash_encoded(
            passes, memory, lanes, password, password.count, salt, salt.count, length, &encoded, encoded.count)
        guard result == ARGON2_OK.rawValue else { return nil }
        return String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func matches(_ password: String, _ encoded: String) -> Bool {
        let password = Array(password.utf8)
        return argon2id_verify(encoded, password, password.count) == ARGON2_OK.rawValue
    }

    /// Whether a hash was made with other parameters than those of today.
    static func isDated(_ encoded: String) -> Bool { !encoded.hasPrefix(prefix) }
}
