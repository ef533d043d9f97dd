package import Foundation

/// A mail as a server of the tests has taken it.
package struct ReceivedMail: Decodable, Sendable {
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

/// A real SMTP server on a loopback port of its own, that keeps what it takes.
package protocol MailReceiving: Sendable {
    var port: Int { get }
    /// A file with the certificate of whoever vouches for the server's.
    var authority: String { get }
    /// A file with the server's own certificate.
    var certificate: String { get }

    /// All mails taken so far, once there are `count` of them and nothing is under way.
    func mails(atLeast count: Int) -> [ReceivedMail]
}

/// What a mail server demands of those who hand mails to it.
package enum MailDemand: String, Sendable {
    /// Nothing, and it offers nothing.
    case plain
    case starttls
    /// TLS from the first byte.
    case tls
    /// An account, without TLS.
    case login
    /// STARTTLS, then the account `reports` with the password `open sesame`.
    case starttlsAndLogin = "starttls-login"
}
