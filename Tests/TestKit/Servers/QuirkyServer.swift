import Foundation

/// A real sshd whose SFTP subsystem has habits that OpenSSH's has not: what it leaves out, cannot do, or does out of malice.
package enum QuirkyServer {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("quirky.py").path
    private static let python = "/usr/bin/python3"

    /// Whether the machine has what this needs.
    package static let isPresent = FileManager.default.isExecutableFile(atPath: python)

    /// - Parameter habits: as the script names them.
    package static func start(_ habits: [String], options: SSHServer.Options = SSHServer.Options()) throws -> SSHServer {
        var options = options
        options.subsystem = { home, etc in
            // The server's account cannot look into the folder of the sources.
            etc.write("quirky.py", TemporaryFolder.content(of: script) ?? [], mode: 0o644)
            return ([python, "\(etc.path)/quirky.py", home.path] + habits).joined(separator: " ")
        }
        return try SSHServer(options)
    }
}
