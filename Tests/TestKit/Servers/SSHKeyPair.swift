/// A key made by `ssh-keygen` for tests.
package struct SSHKeyPair: Sendable {
    package enum Kind: String, Sendable, CaseIterable { case ed25519, ecdsa, rsa }

    package let kind: Kind
    /// The private key's file; the public one has `.pub` behind it.
    package let file: String
    package let privateText: String
    package let publicLine: String

    /// - Parameter passphrase: empty for an unencrypted key.
    package init(_ kind: Kind, in folder: TemporaryFolder, named name: String, passphrase: String = "") throws {
        file = "\(folder.path)/\(name)"
        try ChildProcess.run(["ssh-keygen", "-q", "-t", kind.rawValue, "-N", passphrase, "-C", name, "-f", file])
        self.kind = kind
        privateText = String(decoding: folder.read(name) ?? [], as: UTF8.self)
        publicLine = String(decoding: folder.read(name + ".pub") ?? [], as: UTF8.self).trimmingNewline
    }

    /// One that was made before.
    package init(_ kind: Kind, existing file: String) throws {
        guard let text = TemporaryFolder.content(of: file), let line = TemporaryFolder.content(of: file + ".pub") else {
            throw ChildProcess.Failure(description: "there is no key \(file)")
        }
        self.kind = kind
        self.file = file
        privateText = String(decoding: text, as: UTF8.self)
        publicLine = String(decoding: line, as: UTF8.self).trimmingNewline
    }

    /// `SHA256:…` as `ssh-keygen -l` prints it: the outside's word on the fingerprint, not ours.
    package func fingerprint() throws -> String {
        let fields = try ChildProcess.run(["ssh-keygen", "-lf", file + ".pub"]).split(separator: " ")
        guard fields.count > 1 else { throw ChildProcess.Failure(description: "ssh-keygen printed no fingerprint") }
        return String(fields[1])
    }
}

extension String {
    fileprivate var trimmingNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
