import Foundation
import Glibc

/// The mail server of OpenBSD, as distributions ship it, on a loopback port of its own: in a root folder of its own with users of its own, so that
/// nothing of the machine is touched. It delivers what it takes into one mailbox for each recipient, and misbehaves through a filter.
package final class OpenSMTPD: MailReceiving {
    package let port: Int
    package let authority: String
    package let certificate: String
    private let root: TemporaryFolder
    private let process: ChildProcess

    private static let servers = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    /// What scripts/opensmtpd.sh has unpacked.
    private static let unpacked = servers.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent(".build/opensmtpd").path

    /// Whether the machine has what this needs.
    package static let isPresent = geteuid() == 0 && access("\(unpacked)/usr/sbin/smtpd", X_OK) == 0

    /// Users of the root folder alone; no account of a machine has such numbers.
    private enum User: Int, CaseIterable { case opensmtpd = 471_101, opensmtpq, mailbox }

    /// Ends with the server, and the server with our end of its input.
    private static let script = """
        exec 3<&0
        chroot "$1" /usr/sbin/smtpd -d -v & server=$!
        { cat <&3; kill -9 $server; } >/dev/null 2>&1 &
        wait $server
        """

    private static let recipients = ["ann@acme.example", "bob@acme.example"]

    package init(_ demand: MailDemand, faults: [MailServerFault] = []) throws {
        let root = TemporaryFolder()
        let vouching = try CertificateAuthority()
        try ChildProcess.run(["cp", "-a", "\(Self.unpacked)/.", root.path])
        Self.furnish(root)
        // Without the machine's list of authorities it does not start; here is one it can do with.
        root.write("etc/ssl/certs/ca-certificates.crt", TemporaryFolder.content(of: vouching.certificate) ?? [])
        root.write("etc/authority.pem", TemporaryFolder.content(of: vouching.certificate) ?? [])
        try vouching.vouch(for: "\(root.path)/etc/mail.pem", key: "\(root.path)/etc/mail.key")
        root.write("filter", TemporaryFolder.content(of: Self.servers.appendingPathComponent("opensmtpd-filter.sh").path) ?? [], mode: 0o755)
        let password = try ChildProcess.run(["openssl", "passwd", "-6", "-stdin"], input: "open sesame\n").trimmingCharacters(in: .newlines)

        (process, port) = try ChildProcess.serving(sign: "smtpd: setup done") { port in
            root.write("etc/smtpd.conf", Self.configuration(demand, faults, port: port, password: password).utf8)
            return try ChildProcess(["/bin/sh", "-c", Self.script, "smtpd", root.path])
        }
        self.root = root
        authority = "\(root.path)/etc/authority.pem"
        certificate = "\(root.path)/etc/mail.pem"
    }

    deinit {
        process.closeInput()
        process.waitForExit()
    }

    package func mails(atLeast count: Int) -> [ReceivedMail] {
        _ = process.output { log in
            let traffic = Traffic(log)
            return traffic.isQuiet && traffic.delivered >= count
        }
        let traffic = Traffic(process.log)
        return root.names(in: "inbox").flatMap { mailbox in
            root.names(in: "inbox/\(mailbox)/new").compactMap { name in
                root.read("inbox/\(mailbox)/new/\(name)").flatMap { Self.mail($0, traffic) }
            }
        }
    }
}

extension OpenSMTPD {
    private static func furnish(_ root: TemporaryFolder) {
        let accounts = User.allCases.map { "\($0):x:\($0.rawValue):\($0.rawValue)::/:/bin/sh\n" }
        root.write("etc/passwd", ("root:x:0:0::/:/bin/sh\n" + accounts.joined()).utf8)
        root.write("etc/group", ("root:x:0:\n" + User.allCases.map { "\($0):x:\($0.rawValue):\n" }.joined()).utf8)
        // A file does for the device: nothing is read from it, and a container may not be allowed to make devices.
        root.write("dev/null", [])
        chmod("\(root.path)/dev/null", 0o666)
        func folder(_ name: String, _ mode: mode_t, _ owner: User? = nil, group: User? = nil) {
            mkdir("\(root.path)/\(name)", mode)
            chmod("\(root.path)/\(name)", mode)
            chown("\(root.path)/\(name)", uid_t(owner?.rawValue ?? 0), gid_t(group?.rawValue ?? 0))
        }
        folder("", 0o755)
        folder("tmp", 0o1777)
        for name in ["var/run", "var/spool", "var/lib", "var/lib/opensmtpd", "var/lib/opensmtpd/empty"] { folder(name, 0o755) }
        folder("var/spool/smtpd", 0o711)
        for name in ["incoming", "purge", "queue", "temporary"] { folder("var/spool/smtpd/\(name)", 0o700, .opensmtpq) }
        folder("var/spool/smtpd/offline", 0o770, group: .opensmtpq)
        folder("inbox", 0o700, .mailbox, group: .mailbox)
    }

    private static func configuration(_ demand: MailDemand, _ faults: [MailServerFault], port: Int, password: String) -> String {
        var (grey, full, doubted, known) = (0, 0, "", recipients)
        for fault in faults {
            switch fault {
            case .greylists(let count): grey = count
            case .isFull(let count): full = count
            case .doubts(let address, let count): doubted = "\(address) \(count)"
            case .knowsNo(let address): known.removeAll { $0 == address }
            // It has no words for that.
            case .turnsAway: break
            }
        }
        let (encryption, login) =
            switch demand {
            case .plain: ("", "")
            case .starttls: ("tls-require pki mail.test", "")
            case .tls: ("smtps pki mail.test", "")
            case .login: ("", "auth <accounts>")
            case .starttlsAndLogin: ("tls-require pki mail.test", "auth <accounts>")
            }
        return """
            pki mail.test cert "/etc/mail.pem"
            pki mail.test key "/etc/mail.key"
            table mailboxes { \(known.map { "\"\($0)\" = mailbox" }.joined(separator: ", ")) }
            table accounts { reports = "\(password)" }
            filter faults proc-exec "/filter \(grey) \(full) \(doubted)"
            listen on 127.0.0.1 port \(port) hostname mail.test \(encryption) \(login) filter faults
            action keep maildir "/inbox/%{rcpt.user}" virtual <mailboxes>
            match from any for domain acme.example action keep
            """ + "\n"
    }

    /// The mail without the lines that the server has put above it.
    private static func mail(_ bytes: [UInt8], _ traffic: Traffic) -> ReceivedMail? {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 2, let received = lines.firstIndex(where: { $0.hasPrefix("Received: ") }),
            let from = lines.first(where: { $0.hasPrefix("Return-Path: <") })?.dropFirst(14).dropLast(),
            let recipient = lines.first(where: { $0.hasPrefix("Delivered-To: ") })?.dropFirst(14),
            let end = lines[(received + 1)...].firstIndex(where: { !$0.hasPrefix("\t") })
        else { return nil }
        let trace = lines[received..<end].joined(separator: " ")
        let message = trace.components(separatedBy: " id ").last?.prefix(8) ?? ""
        return ReceivedMail(
            from: String(from), to: [String(recipient)], tls: trace.contains("(TLSv1."), user: traffic.user(of: message),
            content: Data(lines[end...].joined(separator: "\r\n").utf8))
    }

    /// What the log tells of sessions, mails and deliveries.
    private struct Traffic {
        private var sessions: (begun: Int, ended: Int) = (0, 0)
        private var taken = 0
        private(set) var delivered = 0
        private var users: [Substring: Substring] = [:]
        private var senders: [Substring: Substring] = [:]

        init(_ log: String) {
            for line in log.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count > 2 else { continue }
                switch (words[1], words[2]) {
                case ("smtp", "connected"): sessions.begun += 1
                case ("smtp", "disconnected"): sessions.ended += 1
                case ("smtp", "envelope"): taken += 1
                case ("smtp", "authentication") where words.last == "result=ok": users[words[0]] = words[3].dropFirst(5)
                case ("smtp", "message"): senders[words[3].dropFirst(6)] = words[0]
                case ("mda", "delivery") where line.contains("result=Ok"): delivered += 1
                default: continue
                }
            }
        }

        var isQuiet: Bool { sessions.begun == sessions.ended && taken == delivered }

        func user(of message: Substring) -> String? { senders[message].flatMap { users[$0] }.map { String($0) } }
    }
}
