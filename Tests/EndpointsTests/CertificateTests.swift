import Domain
import Endpoints
import TestKit
import Testing

/// Certificates of hosts and of users, by the system's ssh and a file of its own.
struct CertificateTests {
    private let folder = TemporaryFolder()
    private let authority: SSHKeyPair

    init() throws { authority = try SSHKeyPair(.ed25519, in: folder, named: "authority") }

    /// Signs `key`'s public half; its certificate lies beside it.
    private func certify(_ key: SSHKeyPair, _ how: [String]) throws {
        try ChildProcess.run(["ssh-keygen", "-q", "-s", authority.file, "-I", "test"] + how + [key.file + ".pub"])
    }

    /// A server that lets in nobody but holders of the authority's certificates, and has one of its own.
    private func server(_ authority: SSHKeyPair) throws -> SSHServer {
        var options = SSHServer.Options()
        let keys = TemporaryFolder()
        let host = try SSHKeyPair(.ed25519, in: keys, named: "host-ed25519")
        try certify(host, ["-h", "-n", "127.0.0.1"])
        options.hostKeyFolder = keys
        options.hostKeys = [.ed25519]
        options.configuration = [
            "TrustedUserCAKeys \(authority.file).pub", "HostCertificate \(host.file)-cert.pub", "AuthorizedKeysFile none", "LogLevel VERBOSE",
        ]
        return try SSHServer(options)
    }

    private func endpoint(_ server: SSHServer, _ user: SSHKeyPair) throws -> SFTPEndpoint {
        let lines = ["Host *", "IdentityFile \(user.file)", "CertificateFile \(user.file)-cert.pub", "IdentitiesOnly yes"]
        let file = folder.write("ssh_config", (lines.joined(separator: "\n") + "\n").utf8, mode: 0o600)
        return try SFTPEndpoint.to(server, authentication: .configured, transport: .openSSH, sshConfig: file)
    }

    @Test(arguments: [SSHKeyPair.Kind.ed25519, .ecdsa, .rsa])
    func `a user's certificate logs in at a server with a host certificate, whose key is pinned all the same`(_ kind: SSHKeyPair.Kind) async throws {
        let server = try server(authority)
        let user = try SSHKeyPair(kind, in: folder, named: "user")
        try certify(user, ["-n", server.user])

        try await endpoint(server, user).withSession { session in
            try session.put(RemotePath(folder: "", name: "a"), [1])
            #expect(try session.content(of: RemotePath(folder: "", name: "a")) == [1])
        }

        #expect(server.log(until: "Accepted publickey").contains("CERT"))
    }

    @Test(arguments: [["-n", "somebody-else"], ["-V", "20200101:20200102"]])
    func `a certificate for another name, or one that has ended, is a refused login, once`(_ how: [String]) async throws {
        let server = try server(authority)
        let user = try SSHKeyPair(.ed25519, in: folder, named: "user")
        try certify(user, how + (how[0] == "-n" ? [] : ["-n", server.user]))

        let refusal = try await diagnostic { try await endpoint(server, user).withSession { _ in } }

        #expect(refusal.code == "AUTH-REFUSED" && refusal.kind == .unauthorised, "\(refusal)")
    }

    @Test func `a server whose pinned key is not the one of its certificate gets no credential`() async throws {
        let server = try server(authority)
        let user = try SSHKeyPair(.ed25519, in: folder, named: "user")
        try certify(user, ["-n", server.user])
        let lines = ["Host *", "IdentityFile \(user.file)", "CertificateFile \(user.file)-cert.pub"]
        let file = folder.write("ssh_config", (lines.joined(separator: "\n") + "\n").utf8, mode: 0o600)
        let pin = try #require(HostKeyFingerprint(user.fingerprint()))

        let refusal = try await diagnostic {
            try await SFTPEndpoint.to(
                server, authentication: .configured, hostKeys: .pinned([pin]), transport: .openSSH, sshConfig: file
            ).withSession { _ in }
        }
        server.stop()

        #expect(refusal.code == "HOST-KEY-MISMATCH")
        #expect(!server.log(until: "\u{0}").contains("Accepted"))
    }
}
