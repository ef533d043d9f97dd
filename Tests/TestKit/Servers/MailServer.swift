import Foundation

/// The mail server aiosmtpd, which says what it is told to.
package final class MailServer: MailReceiving {
    package let port: Int
    package let authority: String
    package let certificate: String
    private let process: ChildProcess
    private let folder = TemporaryFolder()

    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let python = project.appendingPathComponent(".build/venv/bin/python").path

    /// Whether the machine has what this needs.
    package static let isPresent = (try? ChildProcess.run([python, "-c", "import aiosmtpd"])) != nil

    package init(_ demand: MailDemand, faults: [MailServerFault] = []) throws {
        var arguments = [Self.python, "-u", Self.project.appendingPathComponent("Tests/TestKit/Servers/mailserver.py").path, demand.rawValue]
        let vouching = try CertificateAuthority()
        (authority, certificate) = ("\(folder.path)/authority.pem", "\(folder.path)/certificate.pem")
        folder.write("authority.pem", TemporaryFolder.content(of: vouching.certificate) ?? [])
        switch demand {
        case .plain, .login: break
        case .starttls, .tls, .starttlsAndLogin:
            let key = "\(folder.path)/key.pem"
            try vouching.vouch(for: certificate, key: key)
            arguments += [certificate, key]
        }
        process = try ChildProcess(arguments + faults.map(Self.word))
        _ = process.output { $0.contains("port ") && $0.contains("\n") }
        guard let line = process.log.split(separator: "\n").first(where: { $0.hasPrefix("port ") }), let port = Int(line.dropFirst(5)) else {
            throw ChildProcess.Failure(description: "the mail server did not start: \(process.log)")
        }
        self.port = port
    }

    private static func word(_ fault: MailServerFault) -> String {
        switch fault {
        case .greylists(let count): "greylist:\(count)"
        case .doubts(let address, let count): "doubt:\(address):\(count)"
        case .isFull(let count): "busy:\(count)"
        case .turnsAway(let count): "turn:\(count)"
        case .knowsNo(let address): "refuse:\(address)"
        }
    }

    package func mails(atLeast count: Int) -> [ReceivedMail] {
        _ = process.output { Self.mails($0).count >= count }
        return Self.mails(process.log)
    }

    private static func mails(_ log: String) -> [ReceivedMail] {
        log.split(separator: "\n").filter { $0.hasPrefix("{") }.compactMap { line in
            try? JSONDecoder().decode(ReceivedMail.self, from: Data(line.utf8))
        }
    }
}
