import Foundation

/// The SFTP server asyncssh, another one than OpenSSH's from the first packet on.
package final class AsyncSSHServer: Sendable {
    package let port: Int
    package let home = TemporaryFolder()
    package let hostKey, key: SSHKeyPair
    private let etc = TemporaryFolder()
    private let process: ChildProcess

    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let python = project.appendingPathComponent(".build/venv/bin/python").path

    /// Whether the machine has what this needs.
    package static let isPresent = (try? ChildProcess.run([python, "-c", "import asyncssh"])) != nil

    package init() throws {
        hostKey = try SSHKeyPair(.ed25519, in: etc, named: "host")
        key = try SSHKeyPair(.ed25519, in: etc, named: "user")
        let script = Self.project.appendingPathComponent("Tests/TestKit/Servers/asyncssh_server.py").path
        process = try ChildProcess([Self.python, "-u", script, home.path, hostKey.file, key.file + ".pub"])
        _ = process.output { $0.contains("port ") && $0.contains("\n") }
        guard let line = process.log.split(separator: "\n").first(where: { $0.hasPrefix("port ") }), let port = Int(line.dropFirst(5)) else {
            throw ChildProcess.Failure(description: "asyncssh did not start: \(process.log)")
        }
        self.port = port
    }
}
