/// The algorithms we agree to, best first (S5). What is not named is never offered: the library's own default still
/// contains arcfour, MD5, SHA-1 and 1024-bit groups.
package struct AlgorithmPolicy: Hashable, Sendable {
    package var keyExchange: [String]
    package var hostKeys: [String]
    package var ciphers: [String]
    package var macs: [String]

    /// Names that the installed library does not know are left out of the offer by the library itself.
    package static let current = AlgorithmPolicy(
        keyExchange: [
            "curve25519-sha256", "curve25519-sha256@libssh.org",
            "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
            "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
        ],
        hostKeys: HostKeyType.allCases.flatMap(\.algorithms),
        // CTR before GCM, as OpenSSH has it: the library hands over a block at a time, which makes its GCM the slower one (decision 0061).
        ciphers: ["aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com"],
        macs: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"]
    )

    /// This policy with `names` added at the end of the families they belong to: the override for one old host.
    package func allowing(_ names: [String]) -> AlgorithmPolicy {
        var policy = self
        for name in names {
            if name.hasPrefix("diffie-hellman") {
                policy.keyExchange.append(name)
            } else if name.hasPrefix("ssh-") {
                policy.hostKeys.append(name)
            } else if name.hasPrefix("hmac-") {
                policy.macs.append(name)
            } else {
                policy.ciphers.append(name)
            }
        }
        return policy
    }

    func names(of family: LibSSH2Calls.MethodFamily) -> [String] {
        switch family {
        case .keyExchange: keyExchange
        case .hostKey: hostKeys
        case .cipherOut, .cipherIn: ciphers
        case .macOut, .macIn: macs
        case .compressionOut, .compressionIn: ["none"]
        }
    }
}
