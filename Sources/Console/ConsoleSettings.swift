/// How the console is served and who must prove what.
package struct ConsoleSettings: Sendable {
    /// Who signs in with a second factor.
    package enum SecondFactor: String, Sendable, CaseIterable {
        case everyone
        /// Those who may approve, roll back, or change users.
        case deciders
        /// Only on this machine's own addresses.
        case off
    }

    package var host: String
    package var port: Int
    /// Its address for people, without a slash at the end: `https://console.acme.example`.
    package var url: String
    package var secondFactor: SecondFactor
    /// Whether somebody may decide on what they themselves ordered.
    package var needsFourEyes: Bool

    /// Where files that people bring lie until they are taken.
    package var folder: String?
    /// The largest of them, in bytes.
    package var uploadLimit = 100 << 20

    /// The single sign-on in front of it, if there is one.
    package var proxy: TrustedProxy?

    package init(host: String, port: Int, url: String, secondFactor: SecondFactor = .everyone, needsFourEyes: Bool = false) {
        self.host = host
        self.port = port
        self.url = url
        self.secondFactor = secondFactor
        self.needsFourEyes = needsFourEyes
    }

    package var isEncrypted: Bool { url.hasPrefix("https://") }
    /// `console.acme.example`, `127.0.0.1:8484`: as browsers name it.
    package var authority: String { String(url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }).lowercased() }

    package static let idle = Duration.seconds(3600)
    package static let longest = Duration.seconds(12 * 3600)
    /// After so long, whoever decides something proves again who they are.
    package static let proof = Duration.seconds(600)
    package static let linkLasts = Duration.seconds(86_400)
    package static let keepsEvents = Duration.seconds(400 * 86_400)
}
