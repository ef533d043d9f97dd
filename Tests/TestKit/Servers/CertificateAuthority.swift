/// An authority of one test, that vouches for servers on this machine.
package struct CertificateAuthority: Sendable {
    /// The file of its certificate.
    package let certificate: String
    private let key: String
    private let folder: TemporaryFolder

    package init() throws {
        folder = TemporaryFolder()
        certificate = "\(folder.path)/authority.pem"
        key = "\(folder.path)/authority.key"
        try ChildProcess.run(Self.newKey(key) + ["-x509", "-subj", "/CN=Authority of a test", "-out", certificate])
    }

    /// Writes a certificate for the address 127.0.0.1 and the name localhost, and its key.
    package func vouch(for certificate: String, key: String) throws {
        let names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-addext", "basicConstraints=CA:FALSE"]
        try ChildProcess.run(Self.newKey(key) + ["-x509", "-CA", self.certificate, "-CAkey", self.key, "-out", certificate] + names)
    }

    private static func newKey(_ file: String) -> [String] {
        ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", file]
    }
}
