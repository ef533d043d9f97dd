import Crypto
import Domain
import Foundation

/// What a request must be before any page looks at it.
struct RequestGuard {
    /// The host and port of the console's own address, as browsers send them.
    let hosts: Set<String>
    /// `https://console.acme.example`: what browsers call the origin of our own pages.
    let origins: Set<String>

    /// A page elsewhere that has its name resolve to this machine gets nothing.
    func isOurs(host: String?) -> Bool { host.map { hosts.contains($0.lowercased()) } ?? false }

    /// Whether a form was sent from one of our own pages. Browsers say so themselves; older ones say where the page came from. One that says
    /// neither is none that people use.
    func isFromOwnPage(_ request: ConsoleRequest) -> Bool {
        if let site = request.headers["sec-fetch-site"] {
            guard site == "same-origin" else { return false }
            return request.headers["origin"].map(origins.contains) ?? true
        }
        return request.headers["origin"].map(origins.contains) ?? false
    }
}

/// Tokens: unguessable, and kept only as their hash.
enum Token {
    static func make(_ timeline: Timeline) -> String { timeline.randomHex(byteCount: 32) }
    static func hash(_ token: String) -> String { Hex.string(SHA256.hash(data: Data(token.utf8))) }

    /// What every form of a session carries, so that no other page can make one up.
    static func form(for cookie: String) -> String {
        let key = SymmetricKey(data: Data(cookie.utf8))
        return Hex.string(HMAC<SHA256>.authenticationCode(for: Data("form".utf8), using: key))
    }

    /// Takes the same time wherever the two differ.
    static func isEqual(_ one: String, _ other: String) -> Bool {
        let one = Array(one.utf8)
        let other = Array(other.utf8)
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// How much one browser may ask of us.
struct RateLimiter {
    private var seen: [String: (start: Duration, count: Int)] = [:]
    let limit: Int
    let span: Duration

    init(limit: Int, in span: Duration) {
        self.limit = limit
        self.span = span
    }

    /// Counts a request; answers whether it is still within the limit.
    mutating func admit(_ subject: String, at now: Duration) -> Bool {
        if seen.count > 10_000 { seen = seen.filter { now - $0.value.start < span } }
        guard let entry = seen[subject], now - entry.start < span else {
            seen[subject] = (now, 1)
            return true
        }
        seen[subject] = (entry.start, entry.count + 1)
        return entry.count < limit
    }
}
