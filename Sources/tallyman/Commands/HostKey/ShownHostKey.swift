import Foundation

/// A host key that an SFTP server shows, asked for by the machine's own program; nothing is logged in to.
struct ShownHostKey: Hashable {
    /// The strongest first.
    enum Kind: String, CaseIterable { case ed25519 = "ED25519", ecdsa = "ECDSA", rsa = "RSA" }

    var kind: Kind
    /// `SHA256:…`
    var fingerprint: String

    /// The strongest of the keys that the server has; `nil` where it cannot be asked.
    static func best(of host: String, port: UInt16) -> ShownHostKey? { all(of: host, port: port).first }

    /// The keys that the server has, the strongest first; none where it cannot be asked.
    static func all(of host: String, port: UInt16) -> [ShownHostKey] {
        guard !host.hasPrefix("-"), host.allSatisfy({ $0.isLetter || $0.isNumber || "-._:".contains($0) }) else { return [] }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let script = "ssh-keyscan -T 5 -p \"$1\" -t ed25519,ecdsa,rsa \"$0\" 2>/dev/null | ssh-keygen -lf - 2>/dev/null"
        process.arguments = ["-c", script, host, "\(port)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return [] }
        var text = Data()
        while case let more = pipe.fileHandleForReading.availableData, !more.isEmpty { text += more }
        process.waitUntilExit()
        let shown = String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { ShownHostKey(line: $0) }
        return Kind.allCases.flatMap { kind in shown.filter { $0.kind == kind } }
    }

    /// `256 SHA256:… [host]:port (ED25519)`
    private init?(line: Substring) {
        let words = line.split(separator: " ")
        guard let fingerprint = words.first(where: { $0.hasPrefix("SHA256:") }), let last = words.last,
            let kind = Kind(rawValue: last.trimmingCharacters(in: CharacterSet(charactersIn: "()")))
        else { return nil }
        (self.kind, self.fingerprint) = (kind, String(fingerprint))
    }
}
