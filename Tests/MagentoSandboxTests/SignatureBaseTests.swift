import Foundation
import Testing

@testable import MagentoSandbox

struct SignatureBaseTests {
    struct Vector: Sendable, CustomStringConvertible {
        var name: String
        var url: String
        var expected: String
        var description: String { name }
    }

    static let file: JSONValue? = SharedRecordings.folder.flatMap {
        try? JSONParser.parse(Array(Data(contentsOf: $0.appendingPathComponent("oauth-canonicalisation-vectors.json"))))
    }

    static let vectors: [Vector] = (file?["cases"]?.elements ?? []).map {
        Vector(name: $0["name"]?.text ?? "", url: $0["url"]?.text ?? "", expected: $0["server_signature_247"]?.text ?? "")
    }

    @Test(.enabled(if: SharedRecordings.areAtHand, "the recordings are not beside the project"), arguments: vectors)
    func `the signature is the one Magento 2.4.7 computes`(_ vector: Vector) throws {
        let file = try #require(Self.file)
        let rest = vector.url.dropFirst("https://".count)
        let host = rest.prefix { $0 != "/" }
        let parameters = [
            "oauth_consumer_key": file["consumer_key"]?.text ?? "", "oauth_token": file["token"]?.text ?? "",
            "oauth_nonce": file["nonce"]?.text ?? "", "oauth_timestamp": String(file["timestamp"]?.whole ?? 0),
            "oauth_signature_method": "HMAC-SHA256", "oauth_version": "1.0",
        ]

        let base = SignatureBase(
            method: "GET", scheme: "https", host: String(host), target: String(rest.dropFirst(host.utf8.count)),
            parameters: parameters)

        #expect(base.signature(consumerSecret: "cs", tokenSecret: "ts") == vector.expected)
    }

    @Test(.enabled(if: SharedRecordings.areAtHand, "the recordings are not beside the project"))
    func `there are 38 vectors`() { #expect(Self.vectors.count == 38) }

    @Test(arguments: [
        ("/a%2Fb", "/a/b"), ("/a%2fb", "/a/b"), ("/a%20b", "/a%20b"), ("/a%c3%bc", "/a%C3%BC"), ("/a'b", "/a%27b"), ("/a%25b", "/a%25b"),
        ("/a%2545", "/a%45"), ("/a(b)", "/a(b)"), ("/a%28b", "/a%28b"),
    ])
    func `a path is normalised before it is signed`(_ path: String, _ normal: String) {
        #expect(SignatureBase.normalisedPath(path) == normal)
    }

    @Test(arguments: [("a2", "a10", true), ("a10", "a2", false), ("a", "b", true), ("a01", "a1", false), ("a", "a1", true)])
    func `names sort as people count`(_ left: String, _ right: String, _ precedes: Bool) {
        #expect(NaturalOrder.precedes(left, right) == precedes)
    }
}
