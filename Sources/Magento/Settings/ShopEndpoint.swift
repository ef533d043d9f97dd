import Domain
import Foundation

/// Where the shop is: everything of its address that goes into requests and signatures.
package struct ShopEndpoint: Hashable, Sendable {
    /// `https://shop.example.com`: host in lower case, default port left out, as the signature wants it.
    package let origin: String
    /// A path before `/rest`, without a slash at its end; usually empty.
    package let basePath: String
    /// `all`, `default` or a store view's code.
    package let scope: String
    package let userAgent = "Tallyman/\(ProductVersion.text)"

    /// `nil` unless the text is `http(s)://host[:port][/path]` with nothing else: no user, no query, no fragment.
    package init?(url: String, scope: String = "all") {
        guard let colon = url.range(of: "://") else { return nil }
        let scheme = url[..<colon.lowerBound].lowercased()
        let rest = url[colon.upperBound...]
        let authority = rest.prefix { $0 != "/" }.lowercased()
        var path = rest.drop { $0 != "/" }
        while path.hasSuffix("/") { path.removeLast() }
        if path.hasSuffix("/rest") { path.removeLast(5) }
        guard scheme == "https" || scheme == "http", !authority.isEmpty,
            authority.utf8.allSatisfy({ PercentEncoding.isUnreserved($0) || ":[]".utf8.contains($0) }),
            path.utf8.allSatisfy({ PercentEncoding.isUnreserved($0) || $0 == UInt8(ascii: "/") })
        else { return nil }
        let defaultPort = scheme == "https" ? ":443" : ":80"
        origin = scheme + "://" + (authority.hasSuffix(defaultPort) ? String(authority.dropLast(defaultPort.count)) : authority)
        basePath = String(path)
        self.scope = scope
    }

    package var isEncrypted: Bool { origin.hasPrefix("https:") }

    package var host: String {
        let authority = origin.drop { $0 != "/" }.dropFirst(2)
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }
}
