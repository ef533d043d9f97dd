import Domain
package import Foundation

/// A real SMTP server (aiosmtpd) on a loopback port of its own, that keeps what it takes and misbehaves as told.
package final class MailServer: Sendable {
    package enum Mode: String, Sendable { case plain, starttls, tls, login }

    /// What it does wrong, so many times before it behaves.
    package enum Fault: Sendable {
        /// 451 to a recipient.
        case greylists(Int)
        /// 452 after the mail's text.
        case isFull(Int)
        /// The connection ends after the mail's text; nothing was taken.
        case hangsUp(Int)
        /// The mail was taken, and the connection ends before the answer.
        case takesAndHangsUp(Int)
        /// 550 to this recipient, always.
        case knowsNo(String)

        var word: String {
            switch self {
            case .greylists(let count): "greylist:\(count)"
            case .isFull(let count): "busy:\(count)"
            case .hangsUp(let count): "cut:\(count)"
            case .takesAndHangsUp(let count): "taken-then-cut:\(count)"
            case .knowsNo(let address): "refuse:\(address)"
            }
        }
    }

    package struct Mail: Decodable, Sendable {
        package var from: String
        package var to: [String]
        package var tls: Bool
        package var user: String?
        package var content: Data

        package var text: String { String(decoding: content, as: UTF8.self) }
        package var messageID: String? {
            text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("message-id:") }.map { String($0.dropFirst(12)) }
        }
    }

    package let port: Int
    /// The certificate of TLS, for whoever is to trust it.
    package let certificate: String
    private let process: ChildProcess
    private let folder = TemporaryFolder()

    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let python = project.appendingPathComponent(".build/venv/bin/python").path

    /// Whether the machine has what this needs.
    package static let isPresent = (try? ChildProcess.run([python, "-c", "import aiosmtpd"])) != nil

    package init(_ mode: Mode, faults: [Fault] = []) throws {
        var arguments = [Self.python, "-u", Self.project.appendingPathComponent("Tests/TestKit/Servers/mailserver.py").path, mode.rawValue]
        certificate = "\(folder.path)/certificate.pem"
        if mode == .starttls || mode == .tls {
            let key = "\(folder.path)/key.pem"
            try Self.makeCertificate(certificate, key: key)
            arguments += [certificate, key]
        }
        process = try ChildProcess(arguments + faults.map(\.word))
        _ = process.output { $0.contains("port ") && $0.contains("\n") }
        guard let line = process.log.split(separator: "\n").first(where: { $0.hasPrefix("port ") }), let port = Int(line.dropFirst(5)) else {
            throw ChildProcess.Failure(description: "the mail server did not start: \(process.log)")
        }
        self.port = port
    }

    /// For the address 127.0.0.1 and the name localhost.
    package static func makeCertificate(_ certificate: String, key: String) throws {
        try ChildProcess.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", certificate,
        ])
    }

    /// All mails taken so far, once there are `count` of them.
    package func mails(atLeast count: Int) -> [Mail] {
        _ = process.output { Self.mails($0).count >= count }
        return Self.mails(process.log)
    }

    private static func mails(_ log: String) -> [Mail] {
        log.split(separator: "\n").filter { $0.hasPrefix("{") }.compactMap { line in
            try? JSONDecoder().decode(Mail.self, from: Data(line.utf8))
        }
    }
}
