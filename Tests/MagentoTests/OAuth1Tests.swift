import Domain
import Foundation
import TestKit
import Testing

@testable import Magento

struct OAuth1Tests {
    struct Vector: Sendable, CustomStringConvertible {
        var name: String
        var url: String
        var signature: String
        var signature247: String
        var isAccepted247: Bool
        var isAccepted248: Bool
        var description: String { name }

        var origin: String { String(url.prefix(8 + url.dropFirst(8).prefix { $0 != "/" }.count)) }
        var target: String { String(url.dropFirst(origin.count)) }
    }

    static let file: JSON? = SharedRecordings.folder.flatMap { folder in
        (try? Data(contentsOf: folder.appendingPathComponent("oauth-canonicalisation-vectors.json")))
            .flatMap { try? JSONReader.read(Array($0)) }
    }

    static let vectors: [Vector] = (file?["cases"]?.elements ?? []).map { json in
        Vector(
            name: json["name"]?.text ?? "", url: json["url"]?.text ?? "", signature: json["rfc5849_signature"]?.text ?? "",
            signature247: json["server_signature_247"]?.text ?? "", isAccepted247: json["accepted_247"] == .bool(true),
            isAccepted248: json["accepted_248"] == .bool(true))
    }

    private static let oauth = OAuth1(
        OAuth1.Credentials(
            consumerKey: Secret("ck"), consumerSecret: Secret("cs"), accessToken: Secret("tk"), accessTokenSecret: Secret("ts")))

    private func signature(_ vector: Vector, _ dialect: OAuth1.Dialect) -> String {
        // The vectors' authority stands as it is; what addresses may look like is ShopEndpoint's concern.
        let origin = vector.origin.lowercased()
        let parameters = [
            ("oauth_consumer_key", "ck"), ("oauth_nonce", "abcdef0123456789abcdef0123456789"),
            ("oauth_signature_method", "HMAC-SHA256"), ("oauth_timestamp", "1700000000"), ("oauth_token", "tk"),
            ("oauth_version", "1.0"),
        ]
        return Self.oauth.signature(
            of: OAuth1.base(method: "GET", origin: origin, target: vector.target, parameters: parameters, dialect: dialect))
    }

    @Test(.enabled(if: SharedRecordings.areAtHand, "the recordings are not beside the project"), arguments: vectors)
    func `the signature is the one of RFC 5849`(_ vector: Vector) {
        #expect(signature(vector, .standard) == vector.signature)
        #expect((vector.signature == vector.signature247) == vector.isAccepted247)
    }

    @Test(.enabled(if: SharedRecordings.areAtHand, "the recordings are not beside the project"), arguments: vectors)
    func `what a version signs differently is never sent, or has its dialect`(_ vector: Vector) throws {
        guard !vector.isAccepted247 || !vector.isAccepted248 else { return }
        let path = vector.target.prefix { $0 != "?" }
        let query = vector.target.dropFirst(path.count)
        let isAvoided =
            ShopEndpoint(url: vector.origin)?.origin != vector.origin  // another host or port text
            || query.contains("+") || query.contains("12") && query.contains("%5B11%5D") || query.contains("%5B10%5D")
            || query == "?searchCriteria" || query.hasPrefix("?searchCriteria=&") || query.contains("a.b")
            || path.contains("%c3")  // lower-case hex
            || !path.split(separator: "/").map(PercentEncoding.decode).allSatisfy(RequestTarget.isSafeInPath)

        #expect(isAvoided)
    }

    @Test(.enabled(if: SharedRecordings.areAtHand, "the recordings are not beside the project"))
    func `the normalised path is what 2.4.6 and 2.4.7 sign`() throws {
        for name in ["path %2F", "path %2B", "path %3A", "path %7E", "path %20", "path %25", "path %C3%BC", "path %27", "plain"] {
            let vector = try #require(Self.vectors.first { $0.name == name })
            #expect(signature(vector, .normalisedPath) == vector.signature247, "\(name)")
        }
    }

    @Test func `each try has a nonce of 32 hex digits of its own`() async throws {
        let time = ManualTimeline()
        let authoriser = OAuth1Authoriser(Self.oauth, timeline: time.timeline)

        var nonces: Set<String> = []
        for _ in 0..<20 {
            let header = try #require(try await authoriser.header(method: .get, origin: "https://s", target: "/rest/all/V1/modules"))
            let nonce = try #require(header.components(separatedBy: "oauth_nonce=\"").last?.prefix(32))
            #expect(nonce.allSatisfy { "0123456789abcdef".contains($0) })
            nonces.insert(String(nonce))
        }

        #expect(nonces.count == 20)
    }

    @Test func `S7 the secrets are not in the header and print as dots`() async throws {
        let authoriser = OAuth1Authoriser(Self.oauth, timeline: ManualTimeline().timeline)

        let header = try #require(try await authoriser.header(method: .get, origin: "https://s", target: "/"))

        #expect(!header.contains("\"cs\"") && !header.contains("\"ts\""))
        #expect(!"\(Self.oauth)".contains("cs") && "\(Self.oauth)".contains("••••"))
    }

    @Test(arguments: ["AB/1000", "A+B", "50%", "a:b", "x~y", "a,b", "ü", "a'b"])
    func `a SKU with special characters is not safe in a path`(_ sku: String) { #expect(!RequestTarget.isSafeInPath(sku)) }

    @Test(arguments: ["00472-BLK", "WS 4.0X40", "A_b.9"])
    func `a plain SKU is safe in a path`(_ sku: String) { #expect(RequestTarget.isSafeInPath(sku)) }
}
