/// The `Authorization: OAuth k="v", …` header, decoded.
package struct OAuthParameters: Hashable, Sendable {
    package private(set) var values: [String: String] = [:]

    /// `nil` where the header is of another scheme.
    package init?(header: String) {
        guard header.lowercased().hasPrefix("oauth ") else { return nil }
        for part in header.dropFirst(6).split(separator: ",") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else { continue }
            let name = halves[0].drop { $0 == " " }
            let value = halves[1].drop { $0 == "\"" || $0 == " " }.prefix { $0 != "\"" }
            values[PercentCoding.decode(String(name))] = PercentCoding.decode(String(value))
        }
    }

    package subscript(_ name: String) -> String? { values["oauth_" + name] }

    /// In the order in which Magento reports them.
    package var missing: [String] {
        ["consumer_key", "signature", "signature_method", "nonce", "timestamp", "token"]
            .filter { (self[$0] ?? "").isEmpty }.map { "oauth_" + $0 }
    }
}
