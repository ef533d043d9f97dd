/// The path and query of a request, encoded once and in the one way that all Magento versions sign alike: RFC 3986 with
/// upper-case hex, a blank as `%20`, brackets encoded, a `=` behind every name.
package enum RequestTarget {
    package static func of(_ call: ShopCall, scope: String, basePath: String) -> String {
        let head =
            switch call.root {
            case .api: ["rest", scope, "V1"]
            case .allStores: ["rest", "all", "V1"]
            case .shop: [String]()
            }
        let path = basePath + "/" + (head + call.path.map(PercentEncoding.encode)).joined(separator: "/")
        guard !call.query.isEmpty else { return path }
        return path + "?"
            + call.query.map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }
            .joined(separator: "&")
    }

    /// Whether a path segment is signed alike by every version from 2.4.4 to 2.4.8 (contract 1.1).
    package static func isSafeInPath(_ segment: String) -> Bool {
        segment.utf8.allSatisfy { byte in byte == UInt8(ascii: " ") || PercentEncoding.isUnreserved(byte) && byte != UInt8(ascii: "~") }
    }
}
