import AsyncHTTPClient
import Domain
import Foundation
import Magento
import NIOCore
import NIOHTTP1

/// The sandbox as its staff, its customers and its trainer see it: what the program did is looked at from outside of the program.
struct SandboxView: Sendable {
    /// The integration that every sandbox knows, and its administrator's log-in.
    static let credentials = [
        "MAGENTO_CONSUMER_KEY": "democonsumerkey00000000000000001", "MAGENTO_CONSUMER_SECRET": "democonsumersecret00000000000001",
        "MAGENTO_ACCESS_TOKEN": "demoaccesstoken00000000000000001", "MAGENTO_ACCESS_TOKEN_SECRET": "demoaccesstokensecret00000000001",
    ]

    let url: String
    private let token: String

    /// Throws `SCENARIOS-SHOP` where the address is no sandbox on this machine: the scenarios place orders and write prices.
    init(url: String) async throws {
        let refused = Diagnostic(
            "SCENARIOS-SHOP", "\(Escaped(url)) is no sandbox of this machine, and nothing was done there",
            fix: "leave --shop out, or start one: magento-sandbox --control, and name its address http://127.0.0.1:PORT")
        guard let parts = URLComponents(string: url), parts.scheme == "http", parts.host == "127.0.0.1" || parts.host == "localhost" else {
            throw refused
        }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        guard let journal = try? await Self.send(.GET, "\(self.url)/__sandbox/journal"), journal.status == 200, journal.json.elements != nil,
            let answer = try? await Self.send(
                .POST, "\(self.url)/rest/V1/integration/admin/token", #"{"username":"admin","password":"sandbox-admin-1"}"#),
            let token = answer.json.text
        else { throw refused }
        self.token = token
    }

    struct Answer: Sendable {
        var status: UInt
        var json: JSON
    }

    /// What the shop's staff would see.
    func get(_ path: String) async throws -> JSON { try await Self.send(.GET, "\(url)/rest/V1/\(path)", token: token).json }

    /// What the shop's staff do.
    func post(_ path: String, _ body: String = "{}") async throws -> Answer {
        try await Self.send(.POST, "\(url)/rest/V1/\(path)", body, token: token)
    }

    /// What a trainer does to the sandbox.
    func control(_ path: String, _ body: String = "{}") async throws -> Answer {
        try await Self.send(.POST, "\(url)/__sandbox/\(path)", body)
    }

    /// A query of the storefront, as a guest or as a customer who is signed in.
    func graphQL(_ query: String, customer: String? = nil) async throws -> JSON {
        var body = JSONText()
        body.raw("{\"query\":")
        body.string(query)
        body.raw("}")
        return try await Self.send(.POST, "\(url)/graphql", String(decoding: body.bytes, as: UTF8.self), token: customer).json
    }

    /// How long an answer may take. It comes from a program of this machine, which may be busy; one that does not run is refused at once.
    private static let patience = TimeAmount.minutes(5)

    private static func send(_ method: HTTPMethod, _ url: String, _ body: String? = nil, token: String? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        do {
            let response = try await client.execute(request, timeout: patience)
            let bytes = try await response.body.collect(upTo: 16 << 20)
            try await client.shutdown()
            return Answer(status: response.status.code, json: (try? JSONReader.read(Array(bytes.readableBytesView))) ?? .null)
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}
