/// What `ssh` said on its error output at the level DEBUG1, kept within bounds: its beginning, where the connecting is, and its end.
///
/// The server's own words are among it. They explain and decide nothing: the host's key is judged elsewhere (`SSHCommand`).
struct SSHReport {
    private static let beginning = 48 << 10
    private static let end = 8 << 10

    private var first: [UInt8] = []
    private var last: [UInt8] = []

    mutating func hear(_ bytes: UnsafeMutableRawBufferPointer.SubSequence) {
        let room = Self.beginning - first.count
        first += bytes.prefix(max(room, 0))
        last += bytes.dropFirst(max(room, 0))
        if last.count > 2 * Self.end { last.removeFirst(last.count - Self.end) }
    }

    var lines: [Substring] {
        (String(decoding: first, as: UTF8.self) + String(decoding: last, as: UTF8.self))
            .split(whereSeparator: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" })
    }

    func contains(_ text: String) -> Bool { lines.contains { $0.contains(text) } }

    /// What stands behind `mark` in the last line that has it.
    func text(after mark: String) -> Substring? {
        for line in lines.reversed() {
            if let range = line.firstRange(of: mark) { return line[range.upperBound...] }
        }
        return nil
    }

    /// The last line that is meant for people.
    var lastWords: String? {
        lines.last { line in !["debug", "Transferred:", "Bytes per second:", "Authenticated to ", Askpass.asked].contains { line.hasPrefix($0) } }
            .map(String.init)
    }

    // MARK: What it tells

    var isEstablished: Bool { contains("debug1: Connection established.") || contains("debug1: Local version string") }
    var isLoggingIn: Bool { contains("debug1: SSH2_MSG_SERVICE_ACCEPT received") }
    var isAuthenticated: Bool { lines.contains { $0.hasPrefix("Authenticated to ") || $0.hasPrefix("debug1: Authentication succeeded") } }

    /// The key that the host showed last.
    var hostKey: HostKeyFingerprint? {
        text(after: "debug1: Server host key: ")?.split(separator: " ").last.flatMap { HostKeyFingerprint(String($0)) }
    }

    /// The server's first line.
    var banner: String? {
        text(after: "debug1: Remote protocol version ").map { words in
            let parts = words.split(separator: ", remote software version ")
            return "SSH-" + parts.joined(separator: "-")
        }
    }

    /// Key exchange, host key, cipher and MAC, as they were agreed on. A cipher that proves its bytes itself has no MAC.
    var agreed: [String] {
        let kinds = ["debug1: kex: algorithm: ", "debug1: kex: host key algorithm: "].compactMap { text(after: $0).map(String.init) }
        let words = text(after: "debug1: kex: client->server cipher: ")?.split(separator: " ").map(String.init) ?? []
        let mac = words.firstIndex(of: "MAC:").flatMap { words.dropFirst($0 + 1).first }
        return kinds + [words.first, mac].compactMap { $0 }.filter { $0 != "<implicit>" }
    }

    enum Family: String, CaseIterable {
        case hostKey = "host key type"
        case keyExchange = "key exchange method"
        case cipher
        case mac = "MAC"
    }

    /// The family in which there is nothing in common, and what the server offers instead.
    var lacking: (family: Family, offer: [String])? {
        for family in Family.allCases {
            if let offer = text(after: "no matching \(family.rawValue) found. Their offer: ") {
                return (family, offer.split(separator: ",").map(String.init))
            }
        }
        return nil
    }

    /// The ways to log in that the server named first.
    var methods: [String]? {
        let mark = "debug1: Authentications that can continue: "
        guard let line = lines.first(where: { $0.hasPrefix(mark) }) else { return nil }
        return line.dropFirst(mark.count).split(separator: ",").map(String.init)
    }
}
