import Crypto
package import Domain
import Foundation

/// OAuth 1.0a with HMAC-SHA256, the only method Magento accepts since 2.4.4.
package struct OAuth1: Sendable {
    package struct Credentials: Sendable {
        package var consumerKey: Secret
        package var consumerSecret: Secret
        package var accessToken: Secret
        package var accessTokenSecret: Secret

        package init(consumerKey: Secret, consumerSecret: Secret, accessToken: Secret, accessTokenSecret: Secret) {
            self.consumerKey = consumerKey
            self.consumerSecret = consumerSecret
            self.accessToken = accessToken
            self.accessTokenSecret = accessTokenSecret
        }
    }

    /// How the path goes into the signature. Only paths with encoded `/ + & % : ; = @ $ ,` differ.
    package enum Dialect: String, Sendable, CaseIterable {
        /// RFC 5849: the path as it is sent. Magento up to 2.4.5, and from 2.4.8 on.
        case standard
        /// Magento 2.4.6 and 2.4.7: the path with the escapes of those characters undone.
        case normalisedPath = "normalised-path"
    }

    private let credentials: Credentials
    private let dialect: Dialect

    package init(_ credentials: Credentials, dialect: Dialect = .standard) {
        self.credentials = credentials
        self.dialect = dialect
    }

    /// The `Authorization` header of one try. A nonce serves once: call this again for every try.
    package func header(method: String, origin: String, target: String, nonce: String, timestamp: Int64) -> String {
        var parameters = [
            ("oauth_consumer_key", credentials.consumerKey.reveal()), ("oauth_nonce", nonce),
            ("oauth_signature_method", "HMAC-SHA256"), ("oauth_timestamp", String(timestamp)),
            ("oauth_token", credentials.accessToken.reveal()), ("oauth_version", "1.0"),
        ]
        let base = Self.base(method: method, origin: origin, target: target, parameters: parameters, dialect: dialect)
        parameters.append(("oauth_signature", signature(of: base)))
        return "OAuth " + parameters.map { "\($0.0)=\"\(PercentEncoding.encode($0.1))\"" }.joined(separator: ", ")
    }

    package func signature(of base: String) -> String {
        let key =
            PercentEncoding.encode(credentials.consumerSecret.reveal()) + "&"
            + PercentEncoding.encode(credentials.accessTokenSecret.reveal())
        let code = HMAC<SHA256>.authenticationCode(for: Array(base.utf8), using: SymmetricKey(data: Array(key.utf8)))
        return Data(code).base64EncodedString()
    }

    /// The signature base string.
    /// - Parameters:
    ///   - origin: scheme and authority, `https://shop.example.com`; host in lower case, no default port.
    ///   - target: path and query as sent.
    package static func base(
        method: String, origin: String, target: String, parameters: [(String, String)], dialect: Dialect
    ) -> String {
        let path = target.prefix { $0 != "?" }
        var pairs = parameters.map { (PercentEncoding.encode($0.0), PercentEncoding.encode($0.1)) }
        for item in target[path.endIndex...].dropFirst().split(separator: "&") {
            let halves = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count > 1 ? decoded(halves[1]) : ""
            pairs.append((PercentEncoding.encode(decoded(halves[0])), PercentEncoding.encode(value)))
        }
        let query = pairs.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { $0.0 + "=" + $0.1 }.joined(separator: "&")
        let signedPath = dialect == .standard ? String(path) : normalised(path)
        return [method, PercentEncoding.encode(origin + signedPath), PercentEncoding.encode(query)].joined(separator: "&")
    }

    /// RFC 5849 reads the query as a form: `+` is a blank.
    private static func decoded(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "+")) else { return PercentEncoding.decode(text) }
        return PercentEncoding.decode(text.split(separator: "+", omittingEmptySubsequences: false).joined(separator: " "))
    }

    /// Undoes `%XX` where it stands for an unreserved character or one of `: @ & = + $ , / ; %`; a `%` left without two
    /// hex digits is encoded again.
    static func normalised(_ path: Substring) -> String {
        let plain = Set(":@&=+$,/;%".utf8)
        var out: [UInt8] = []
        var index = path.utf8.startIndex
        while index < path.utf8.endIndex {
            let escape = path.utf8[index...].prefix(3)
            let byte = Array(PercentEncoding.decode(String(escape) ?? "").utf8)
            if escape.count == 3, escape.first == UInt8(ascii: "%"), byte.count == 1,
                PercentEncoding.isUnreserved(byte[0]) || plain.contains(byte[0])
            {
                out.append(byte[0])
                index = path.utf8.index(index, offsetBy: 3)
            } else {
                out.append(path.utf8[index])
                index = path.utf8.index(after: index)
            }
        }
        let text = String(decoding: out, as: UTF8.self)
        return String(
            text.indices.map { index in
                let isLone = text[index] == "%" && !text[index...].dropFirst().prefix(2).allSatisfy(\.isHexDigit)
                let isCut = text[index] == "%" && text[index...].count < 3
                return isLone || isCut ? "%25" : String(text[index])
            }.joined())
    }
}
