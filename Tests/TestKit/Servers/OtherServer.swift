import Foundation
import Glibc

/// SFTP servers of other lineages than OpenSSH's, each another one from the first packet on. Gone with the test process.
///
/// Each serves one account by one ECDSA key, as user 4711 where the tests run as root.
package final class OtherServer: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case asyncSSH = "asyncssh"
        case paramiko
        case proFTPD = "ProFTPD mod_sftp"
        case dropbear = "Dropbear with sftp-server"

        /// Why this machine cannot run it; `nil` where it can.
        package var lack: String? {
            switch self {
            case .asyncSSH: OtherServer.canImport("asyncssh") ? nil : "needs scripts/python.sh"
            case .paramiko: OtherServer.canImport("paramiko") ? nil : "needs scripts/python.sh"
            case .proFTPD, .dropbear:
                if !SSHServer.isIsolated { "needs root" } else if program == nil { "needs scripts/sftp-servers.sh" } else { nil }
            }
        }

        /// Unpacked by the script, or of the machine itself.
        fileprivate var program: String? {
            let name = self == .proFTPD ? "usr/sbin/proftpd" : "usr/sbin/dropbear"
            return ["\(OtherServer.unpacked)/\(name)", "/\(name)"].first { FileManager.default.isExecutableFile(atPath: $0) }
        }
    }

    package let port: Int
    package let user = "erp"
    package let home = TemporaryFolder()
    package let hostKey, key: SSHKeyPair
    private let etc = TemporaryFolder()
    private let process: ChildProcess

    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let python = project.appendingPathComponent(".build/venv/bin/python").path
    fileprivate static let unpacked = project.appendingPathComponent(".build/sftp-servers").path

    fileprivate static func canImport(_ module: String) -> Bool { (try? ChildProcess.run([python, "-c", "import \(module)"])) != nil }

    package init(_ kind: Kind) throws {
        hostKey = try SSHKeyPair(.ecdsa, in: etc, named: "host")
        key = try SSHKeyPair(.ecdsa, in: etc, named: "user")
        chmod(etc.path, 0o755)
        chmod(home.path, 0o755)
        if SSHServer.isIsolated { chown(home.path, 4711, 4711) }
        switch kind {
        case .asyncSSH: (process, port) = try Self.python("asyncssh_server.py", home, hostKey, key)
        case .paramiko: (process, port) = try Self.python("paramiko_server.py", home, hostKey, key)
        case .proFTPD: (process, port) = try Self.proFTPD(kind.program ?? "", etc, home, hostKey, key)
        case .dropbear: (process, port) = try Self.dropbear(kind.program ?? "", etc, home, hostKey, key)
        }
    }

    deinit {
        process.closeInput()
        process.waitForExit()
    }

    /// Everything that the server wrote.
    package var log: String { process.log }

    private static func python(_ script: String, _ home: TemporaryFolder, _ host: SSHKeyPair, _ user: SSHKeyPair) throws -> (ChildProcess, Int) {
        let path = project.appendingPathComponent("Tests/TestKit/Servers/\(script)").path
        let process = try ChildProcess([python, "-u", path, home.path, host.file, user.file + ".pub"])
        _ = process.output { $0.contains("port ") && $0.contains("\n") }
        guard let line = process.log.split(separator: "\n").first(where: { $0.hasPrefix("port ") }), let port = Int(line.dropFirst(5)) else {
            throw ChildProcess.Failure(description: "\(script) did not start: \(process.log)")
        }
        return (process, port)
    }

    private static func start(_ daemon: String, _ etc: TemporaryFolder, _ home: TemporaryFolder) throws -> ChildProcess {
        etc.write("start.sh", AccountNamespace.script(daemon, etc: etc, home: home, password: SSHServer.password).utf8)
        return try ChildProcess(["/bin/sh", "\(etc.path)/start.sh"])
    }

    private static func proFTPD(_ program: String, _ etc: TemporaryFolder, _ home: TemporaryFolder, _ host: SSHKeyPair, _ user: SSHKeyPair) throws
        -> (ChildProcess, Int)
    {
        let root = program.hasPrefix(unpacked) ? unpacked : ""
        etc.write("authorized_keys", try ChildProcess.run(["ssh-keygen", "-e", "-m", "RFC4716", "-f", user.file + ".pub"]).utf8)
        etc.write("users", "erp:*:4711:4711::\(home.path):/bin/sh\n".utf8, mode: 0o600)
        return try ChildProcess.serving(sign: "standalone mode STARTUP") { port in
            let lines = [
                "ServerType standalone", "Port \(port)", "DefaultAddress 127.0.0.1", "UseReverseDNS off", "User erp", "Group nogroup",
                "ModulePath \(root)/usr/lib/proftpd", "LoadModule mod_sftp.c", "ScoreboardFile \(etc.path)/scoreboard",
                "PidFile \(etc.path)/pid", "DelayEngine off", "WtmpLog off", "TransferLog none", "MaxInstances 100",
                "AuthOrder mod_auth_file.c", "AuthUserFile \(etc.path)/users", "RequireValidShell off", "UseFtpUsers off", "AllowOverwrite on",
                "Umask 022", "DefaultChdir \(home.path)", "SFTPEngine on", "SFTPHostKey \(host.file)", "SFTPAuthMethods publickey",
                "SFTPAuthorizedUserKeys file:\(etc.path)/authorized_keys", "SFTPLog \(etc.path)/sftp.log",
            ]
            etc.write("proftpd.conf", (lines.joined(separator: "\n") + "\n").utf8)
            return try start("env LD_LIBRARY_PATH=\(root)/usr/libraries \(program) -n -c \(etc.path)/proftpd.conf", etc, home)
        }
    }

    private static func dropbear(_ program: String, _ etc: TemporaryFolder, _ home: TemporaryFolder, _ host: SSHKeyPair, _ user: SSHKeyPair) throws
        -> (ChildProcess, Int)
    {
        let root = program.hasPrefix(unpacked) ? unpacked : ""
        let libraries = "LD_LIBRARY_PATH=\(root)/usr/libraries"
        try ChildProcess.run(
            ["env", libraries, "\(root)/usr/bin/dropbearconvert", "openssh", "dropbear", host.file, "\(etc.path)/host.dropbear"])
        home.write(".ssh/authorized_keys", (user.publicLine + "\n").utf8)
        for path in ["\(home.path)/.ssh", "\(home.path)/.ssh/authorized_keys"] { chown(path, 4711, 4711) }
        return try ChildProcess.serving(sign: "Not backgrounding") { port in
            try start("env \(libraries) \(program) -F -E -s -p 127.0.0.1:\(port) -r \(etc.path)/host.dropbear -P \(etc.path)/pid", etc, home)
        }
    }
}
