import Domain
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Health and metrics over HTTP, on this machine only. `/health` says one word and nothing else; nobody is asked who he is, so
/// nothing that is anybody's business is told.
struct HealthServer: Sendable {
    struct Answer: Sendable {
        var status: Int
        var contentType = "text/plain; charset=utf-8"
        var body: String
    }

    /// What a path answers; `nil` where it is none of ours.
    let answer: @Sendable (_ path: String) -> Answer?

    /// Serves until its task is cancelled. `started` gets the port. Throws where the port is taken.
    func run(host: String, port: Int, started: @escaping @Sendable (Int) -> Void) async throws {
        var logger = Logger(label: "tallyman")
        logger.logLevel = .critical
        let answer = answer
        let server = try HTTPServerBuilder.http1().buildServer(
            configuration: ServerConfiguration(address: .hostname(host, port: port)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger,
            responder: { request, writer, _ in try await Self.respond(to: request, writer, answer) },
            onServerRunning: { channel in started(channel.localAddress?.port ?? port) }
        )
        try await server.run()
    }

    @concurrent private static func respond(
        to request: Request, _ writer: consuming ResponseWriter, _ answer: @Sendable (String) -> Answer?
    ) async throws {
        let found = decide(method: request.method.rawValue, host: request.head.authority ?? "", path: request.head.path ?? "/", answer)
        var response = HTTPResponse(status: .init(code: found.status))
        response.headerFields[.contentType] = found.contentType
        response.headerFields[.contentLength] = String(found.body.utf8.count)
        response.headerFields[.cacheControl] = "no-store"
        response.headerFields[.xContentTypeOptions] = "nosniff"
        try await writer.write(response: response, body: ResponseBody(byteBuffer: ByteBuffer(string: found.body)))
    }

    /// A page elsewhere that has its name resolve to this machine gets nothing (reliability S20).
    static func decide(method: String, host: String, path: String, _ answer: (String) -> Answer?) -> Answer {
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        guard ["127.0.0.1", "localhost", "[::1]"].contains(String(name)) else { return Answer(status: 421, body: "") }
        guard method == "GET" || method == "HEAD" else { return Answer(status: 405, body: "") }
        return answer(String(path.prefix { $0 != "?" })) ?? Answer(status: 404, body: "")
    }
}
