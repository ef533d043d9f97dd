import Domain
import Foundation
import TestKit
import Testing

@testable import Endpoints

struct HostKeyTests {
    private func pin(_ key: SSHKeyPair) throws -> HostKeyFingerprint { try #require(HostKeyFingerprint(key.fingerprint())) }

    private func unknown() throws -> SSHKeyPair {
        try SSHKeyPair(.ed25519, in: TemporaryFolder.kept, named: "host-\(UUID().uuidString)")
    }

    @Test(arguments: [0, 1], SFTPSettings.Transport.allCases)
    func `S4 pinning either of a server's keys is enough, whichever the server prefers`(_ index: Int, by transport: SFTPSettings.Transport)
        async throws
    {
        let server = try SSHServer.shared.get()

        try await SFTPEndpoint.to(server, hostKeys: .pinned([pin(server.hostKeys[index])]), transport: transport).withSession { _ in }
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `S4 one of several pins is enough, for a rotation`(by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        let pins = [try pin(unknown()), try pin(server.hostKeys[0])]

        try await SFTPEndpoint.to(server, hostKeys: .pinned(pins), transport: transport).withSession { _ in }
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F19 another key is a hard stop that shows both fingerprints, and no credential is sent`(by transport: SFTPSettings.Transport) async throws {
        var options = SSHServer.Options()
        options.configuration = ["LogLevel DEBUG1"]
        let server = try SSHServer(options)
        let expected = try pin(unknown())

        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(server, hostKeys: .pinned([expected]), transport: transport).withSession { _ in }
        }
        server.stop()
        let log = server.log(until: "\u{0}")

        #expect(refusal.code == "HOST-KEY-MISMATCH")
        #expect(refusal.kind == .permanent)
        #expect(refusal.summary.contains(expected.description))
        for key in server.hostKeys { #expect(try refusal.summary.contains(key.fingerprint())) }
        #expect(log.contains("Connection from 127.0.0.1"))
        #expect(!log.contains("userauth"))
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `the server's log shows a login where there is one`(by transport: SFTPSettings.Transport) async throws {
        var options = SSHServer.Options()
        options.configuration = ["LogLevel DEBUG1"]
        let server = try SSHServer(options)

        try await SFTPEndpoint.to(server, transport: transport).withSession { _ in }
        server.stop()

        #expect(server.log(until: "\u{0}").contains("userauth"))
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F20 a server with weak algorithms only is refused with its list, and let in by name`(by transport: SFTPSettings.Transport) async throws {
        var options = SSHServer.Options()
        options.configuration = ["KexAlgorithms diffie-hellman-group14-sha1", "MACs hmac-sha1"]
        let server = try SSHServer(options)

        let refusal = try await diagnostic { try await SFTPEndpoint.to(server, transport: transport).withSession { _ in } }
        let policy = AlgorithmPolicy.current.allowing(["diffie-hellman-group14-sha1", "hmac-sha1"])
        try await SFTPEndpoint.to(server, algorithms: policy, transport: transport).withSession { _ in }

        #expect(refusal.code == "ALGORITHM-REFUSED")
        #expect(refusal.kind == .permanent)
        #expect(refusal.summary.contains("key exchange: the server offers only diffie-hellman-group14-sha1"))
        #expect(refusal.summary.contains("MACs: the server offers only hmac-sha1"))
        #expect(refusal.fix.contains("legacy_algorithms"))
    }

    @Test(
        arguments: ["Ciphers aes128-cbc", "Ciphers 3des-cbc", "MACs hmac-md5", "KexAlgorithms diffie-hellman-group1-sha1"],
        SFTPSettings.Transport.allCases)
    func `S5 each weak family alone is refused`(_ line: String, by transport: SFTPSettings.Transport) async throws {
        // With the ciphers that ssh can do, no MAC of its own is needed.
        if line.hasPrefix("MACs"), transport == .openSSH { return }
        var options = SSHServer.Options()
        options.configuration = [line]
        let server = try SSHServer(options)

        let refusal = try await diagnostic { try await SFTPEndpoint.to(server, transport: transport).withSession { _ in } }

        #expect(refusal.code == "ALGORITHM-REFUSED")
        #expect(refusal.summary.contains(try #require(line.split(separator: " ").last)))
    }

    @Test func `a server with an RSA key only needs the second transport, and the message says so by name`() async throws {
        var options = SSHServer.Options()
        options.hostKeys = [.rsa]
        let server = try SSHServer(options)

        let refusal = try await diagnostic { try await SFTPEndpoint.to(server).withSession { _ in } }

        #expect(refusal.code == "ALGORITHM-REFUSED")
        #expect(refusal.summary.contains("rsa-sha2-512"))
        #expect(refusal.fix.contains("transport: openssh"))
    }

    // MARK: Known-hosts files

    private func file(_ lines: [String]) -> String {
        TemporaryFolder.kept.write("known-\(UUID().uuidString)", lines.joined(separator: "\n").utf8)
    }

    private func line(_ host: String, _ key: SSHKeyPair) -> String { "\(host) \(key.publicLine)" }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `S4 a known-hosts file is honoured, plain and hashed`(by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        let plain = file(["# a comment", line("[127.0.0.1]:\(server.port)", server.hostKeys[1])])
        let hashed = file([line("[127.0.0.1]:\(server.port)", server.hostKeys[0])])
        try ChildProcess.run(["ssh-keygen", "-q", "-H", "-f", hashed])
        #expect(String(decoding: TemporaryFolder.content(of: hashed) ?? [], as: UTF8.self).hasPrefix("|1|"))

        for path in [plain, hashed] {
            try await SFTPEndpoint.to(server, hostKeys: .knownHosts(path: path), transport: transport).withSession { _ in }
        }
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `a revoked key is not accepted, even where another line trusts it`(by transport: SFTPSettings.Transport) async throws {
        let server = try SSHServer.shared.get()
        let host = "[127.0.0.1]:\(server.port)"
        let path = file([line(host, server.hostKeys[0]), line("@revoked \(host)", server.hostKeys[0]), line(host, try unknown())])

        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(server, hostKeys: .knownHosts(path: path), transport: transport).withSession { _ in }
        }

        #expect(refusal.code == "HOST-KEY-REVOKED")
    }

    @Test func `a host of which only a certificate authority is known is unknown, and the message says why`() async throws {
        let server = try SSHServer.shared.get()
        let path = file([line("@cert-authority *", server.hostKeys[0]), line("other.example", server.hostKeys[0])])

        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(server, hostKeys: .knownHosts(path: path)).withSession { _ in }
        }

        #expect(refusal.code == "HOST-KEY-UNKNOWN")
        #expect(refusal.summary.contains("certificate authorities are not supported: 1 left aside"))
    }

    @Test func `an unreadable known-hosts file names itself`() async throws {
        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(SSHServer.shared.get(), hostKeys: .knownHosts(path: "/nonexistent")).withSession { _ in }
        }

        #expect(refusal.code == "KNOWN-HOSTS-UNREADABLE")
        #expect(refusal.location?.file == "/nonexistent")
    }

    @Test(arguments: [
        ("erp.example", "erp.example", 22, true), ("ERP.example", "erp.example", 22, true), ("erp.example", "ERP.EXAMPLE", 22, true),
        ("erp.example", "erp.example", 2222, false), ("[erp.example]:2222", "erp.example", 2222, true),
        ("*.example", "erp.example", 22, true), ("*.example,!erp.example", "erp.example", 22, false),
        ("a,b,erp.example", "erp.example", 22, true), ("erp?.example", "erp1.example", 22, true), ("erp", "erp.example", 22, false),
    ])
    func `host patterns match as in OpenSSH`(_ pattern: String, _ host: String, _ port: Int, _ isMatch: Bool) throws {
        let key = try SSHServer.shared.get().hostKeys[0]

        let trust = KnownHosts(Data(line(pattern, key).utf8)).trust(host: host, port: port, path: "file")

        #expect(trust.trusted.map(\.type) == (isMatch ? [.ed25519] : []))
    }

    @Test func `broken lines are passed over`() throws {
        let key = try SSHServer.shared.get().hostKeys[0]
        let text = ["", "erp", "erp ssh-ed25519", "erp ssh-ed25519 !!!", "|1|x|y ssh-ed25519 AAAA", line("erp", key)].joined(separator: "\r\n")

        #expect(KnownHosts(Data(text.utf8)).trust(host: "erp", port: 22, path: "file").trusted.count == 1)
    }

    @Test(arguments: ["", "SHA256:", "SHA256:abc", "MD5:0011", "sha256:" + String(repeating: "A", count: 43)])
    func `what is no fingerprint is none`(_ text: String) {
        #expect(HostKeyFingerprint(text) == nil)
    }

    @Test func `a fingerprint is the one that ssh-keygen prints, with or without padding`() throws {
        let key = try SSHServer.shared.get().hostKeys[0]
        let wire = try #require(Data(base64Encoded: String(key.publicLine.split(separator: " ")[1])))

        #expect(HostKeyFingerprint(key: Array(wire)).description == (try key.fingerprint()))
        #expect(HostKeyFingerprint(try key.fingerprint() + "=") == HostKeyFingerprint(key: Array(wire)))
    }
}
