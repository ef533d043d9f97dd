import AsyncHTTPClient
import Domain
import Foundation
import NIOCore
import NIOHTTP1

/// Calls the address that somebody outside listens to. No answer is no trouble of ours: who listens notices the silence.
struct OutsideHeartbeat: Sendable {
    let url: Secret

    /// Whether it was heard. The address is a secret, so nothing of it is told.
    func beat() async -> Bool {
        var request = HTTPClientRequest(url: url.reveal())
        request.method = .GET
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.configuration)
        var isHeard = false
        do {
            let response = try await client.execute(request, timeout: .seconds(10))
            isHeard = response.status.code < 300
        } catch {
            isHeard = false
        }
        try? await client.shutdown()
        return isHeard
    }

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, decompression: .disabled)
        configuration.httpVersion = .http1Only
        return configuration
    }
}
