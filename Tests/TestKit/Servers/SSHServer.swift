import Foundation
import Glibc
import Synchronization

/// A real sshd on a free port of the loopback, with its own keys, account and home, gone with the test process.
///
/// As root it runs in a mount and process namespace of its own with an invented account (`erp`), so that nothing of the
/// machine is touched, passwords work, rights are checked as for anyone, and killing it takes its sessions along. As
/// anyone else it serves the current account by key alone: tests that need more ask `isIsolated`.
package final class SSHServer: Sendable {
    package struct Options: Sendable {
        package var hostKeys: [SSHKeyPair.Kind] = [.ed25519, .ecdsa]
        /// Also answer keyboard-interactive, through PAM.
        package var asksPasswordAsQuestion = false
        /// Lines that take the place of the standard ones with the same keyword.
        package var configuration: [String] = []
        /// A file system of this many kilobytes on the home's folder `small`.
        package var smallDisk: Int?
        /// The account sees its home alone and begins in its folder `in`. Needs a namespace (`isIsolated`).
        package var isChrooted = false
        /// 0: a free one.
        package var port = 0
        /// The command that serves SFTP, made of the home and of the server's own folder; sshd's own where it is `nil`.
        package var subsystem: (@Sendable (_ home: TemporaryFolder, _ etc: TemporaryFolder) -> String)?

        /// Where the host keys lie, for a server that is started anew with the same ones; a folder of its own where it is `nil`.
        package var hostKeyFolder: TemporaryFolder?
        /// The home, for a server that is started anew over the same files.
        package var home: TemporaryFolder?

        package init() {}
    }

    /// Whether the server has accounts and mounts of its own.
    package static var isIsolated: Bool { geteuid() == 0 }

    package static let password = "correct horse"
    package static let passphrase = "battery staple"

    package let port: Int
    package let user: String
    /// The account's home on this machine: what the endpoint sees as its root.
    package let home: TemporaryFolder
    package let hostKeys: [SSHKeyPair]
    /// Keys that are let in.
    package let keys: ClientKeys
    private let etc: TemporaryFolder
    private let keyFolder: TemporaryFolder?
    private let process: ChildProcess
    private let isStopped = Mutex(false)

    package struct ClientKeys: Sendable {
        package let ed25519, ecdsa, encryptedEd25519, encryptedECDSA, rsa: SSHKeyPair

        init(in folder: TemporaryFolder) throws {
            ed25519 = try SSHKeyPair(.ed25519, in: folder, named: "user-ed25519")
            ecdsa = try SSHKeyPair(.ecdsa, in: folder, named: "user-ecdsa")
            encryptedEd25519 = try SSHKeyPair(.ed25519, in: folder, named: "user-ed25519-locked", passphrase: passphrase)
            encryptedECDSA = try SSHKeyPair(.ecdsa, in: folder, named: "user-ecdsa-locked", passphrase: passphrase)
            rsa = try SSHKeyPair(.rsa, in: folder, named: "user-rsa")
        }

        var all: [SSHKeyPair] { [ed25519, ecdsa, encryptedEd25519, encryptedECDSA, rsa] }
    }

    /// Made once: an RSA key takes a while.
    private static let clientKeyFolder = TemporaryFolder()
    private static let clientKeys = Result { try ClientKeys(in: clientKeyFolder) }

    /// One server for all tests that change nothing about it. It ends with the process.
    package static let shared = Result { try SSHServer() }

    /// - Throws: `ChildProcess.Failure` with sshd's own words. A machine without sshd is a failure, not a reason to skip.
    package init(_ options: Options = Options()) throws {
        guard access("/usr/sbin/sshd", X_OK) == 0 else {
            throw ChildProcess.Failure(description: "/usr/sbin/sshd is missing: apt-get install openssh-server")
        }
        keys = try Self.clientKeys.get()
        etc = TemporaryFolder()
        keyFolder = options.hostKeyFolder
        home = options.home ?? TemporaryFolder()
        user = Self.isIsolated ? "erp" : String(cString: getpwuid(getuid()).pointee.pw_name)
        var hostKeys: [SSHKeyPair] = []
        for kind in options.hostKeys {
            let (folder, name) = (options.hostKeyFolder ?? etc, "host-\(kind.rawValue)")
            hostKeys.append(
                try folder.read(name) == nil ? SSHKeyPair(kind, in: folder, named: name) : SSHKeyPair(kind, existing: "\(folder.path)/\(name)"))
        }
        self.hostKeys = hostKeys
        chmod(etc.path, 0o755)
        chmod(home.path, 0o755)
        if options.isChrooted {
            mkdir("\(home.path)/in", 0o755)
            chown("\(home.path)/in", 4711, 4711)
        } else if Self.isIsolated {
            chown(home.path, 4711, 4711)
        }
        etc.write("authorized_keys", (keys.all.map(\.publicLine).joined(separator: "\n") + "\n").utf8)

        (process, port) = try ChildProcess.serving(on: options.port == 0 ? nil : options.port, sign: "Server listening on") { [etc, home] port in
            etc.write("sshd_config", Self.configuration(options, port: port, etc: etc, home: home, hostKeys: hostKeys).utf8)
            etc.write("start.sh", Self.script(options, etc: etc, home: home).utf8)
            return try ChildProcess(["/bin/sh", "\(etc.path)/start.sh"])
        }
    }

    deinit { stop() }

    /// Ends the server and its sessions as a crash would, without a goodbye on the wire.
    package func stop() {
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        process.closeInput()
        process.waitForExit()
    }

    /// Kills (or stops, or continues) the processes of the sessions, not the listener.
    /// - Returns: how many there were.
    @discardableResult
    package func signalSessions(_ signal: Int32) -> Int {
        let all = ProcessTree.descendants(of: process.id)
        guard let listener = all.first(where: { $0.command.contains("[listener]") })?.id else { return 0 }
        let sessions = ProcessTree.descendants(of: listener)
        // Innermost first, so that none is orphaned into a session that goes on.
        for session in sessions.reversed() { kill(session.id, signal) }
        return sessions.count
    }

    /// Everything that sshd wrote, once it has written `text`; blocks until then, or until the server has ended.
    package func log(until text: String) -> String {
        _ = process.output { $0.contains(text) }
        return process.log
    }
}

extension SSHServer {
    private static func configuration(
        _ options: Options,
        port: Int,
        etc: TemporaryFolder,
        home: TemporaryFolder,
        hostKeys: [SSHKeyPair]
    ) -> String {
        let standard =
            [
                "Port \(port)", "ListenAddress 127.0.0.1", "PidFile none", "LogLevel VERBOSE", "UseDNS no", "StrictModes no",
                "MaxStartups 500:30:1000", "LoginGraceTime 30",
                "UsePAM \(options.asksPasswordAsQuestion ? "yes" : "no")",
                "KbdInteractiveAuthentication \(options.asksPasswordAsQuestion ? "yes" : "no")",
                "PasswordAuthentication \(options.asksPasswordAsQuestion ? "no" : "yes")",
                "AuthorizedKeysFile \(etc.path)/authorized_keys",
                "Subsystem sftp \(options.subsystem?(home, etc) ?? (options.isChrooted ? "internal-sftp -d /in" : "internal-sftp -d \(home.path)"))",
            ] + (options.isChrooted ? ["ChrootDirectory /run/home"] : []) + hostKeys.map { "HostKey \($0.file)" }
        // For most keywords the first value wins, for MaxStartups the last.
        let given = Set(options.configuration.compactMap { $0.split(separator: " ").first })
        let lines = options.configuration + standard.filter { line in line.split(separator: " ").first.map { !given.contains($0) } ?? true }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The shell waits for the end of its input, which is ours, and then takes everything down.
    private static func script(_ options: Options, etc: TemporaryFolder, home: TemporaryFolder) -> String {
        let daemon = "/usr/sbin/sshd -D -e -f \(etc.path)/sshd_config"
        guard isIsolated else { return "\(daemon) & server=$!\ncat >/dev/null\nkill -9 $server\nwait\n" }
        var steps = [
            "printf 'auth required pam_unix.so\\naccount required pam_permit.so\\nsession required pam_permit.so\\n' >pam",
            "mount --bind pam /etc/pam.d/sshd",
        ]
        if let size = options.smallDisk {
            steps += [
                "mkdir -p \(home.path)/small",
                "mount -t tmpfs -o size=\(size)k,uid=4711,gid=4711,mode=755 none \(home.path)/small",
            ]
        }
        return AccountNamespace.script(daemon, etc: etc, home: home, password: password, steps: steps)
    }
}
