import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The console's sockets.
package struct ConsoleServer: Sendable {
    let app: ConsoleApp

    package init(app: ConsoleApp) { self.app = app }

    /// Serves until its task is cancelled. `started` gets the port. Throws where the port is taken.
    package func run(host: String, port: Int, started: @escaping @Sendable (Int) -> Void) async throws {
        var logger = Logger(label: "console")
        logger.logLevel = .critical
        let app = app
        let channel = HTTP1Channel.Configuration(
            idleTimeout: .seconds(30),
            httpDecoderConfiguration: .init(maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 100))
        let server = try HTTPServerBuilder.http1(configuration: channel).buildServer(
            configuration: ServerConfiguration(
                address: .hostname(host, port: port), availableConnectionsDelegate: MaximumAvailableConnections(200)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger,
            responder: { request, writer, channel in
                let address = channel.remoteAddress?.ipAddress ?? "-"
                try await Self.respond(to: request, writer, address, app)
            },
            onServerRunning: { channel in started(channel.localAddress?.port ?? port) }
        )
        try await server.run()
    }

    @concurrent private static func respond(
        to request: Request, _ writer: consuming ResponseWriter, _ address: String, _ app: ConsoleApp
    ) async throws {
        var body: [UInt8] = []
        var answer: ConsoleResponse?
        do {
            for try await part in request.body {
                body += Array(buffer: part)
                if body.count > ConsoleApp.maximumBody { break }
            }
        } catch {
            answer = ConsoleResponse(status: 400)
        }
        if body.count > ConsoleApp.maximumBody { answer = ConsoleResponse(status: 413) }
        var headers: [String: String] = ["host": request.head.authority ?? ""]
        for field in request.headers where headers[field.name.canonicalName] == nil { headers[field.name.canonicalName] = field.value }
        let cookies = request.headers[values: .cookie]
        if !cookies.isEmpty { headers["cookie"] = cookies.joined(separator: "; ") }
        let asked = ConsoleRequest(
            method: request.method.rawValue, target: request.head.path ?? "/", headers: headers, body: body, address: address)
        let found: ConsoleResponse
        if let answer { found = answer } else { found = await app.answer(asked) }
        var response = HTTPResponse(status: .init(code: found.status))
        for (name, value) in found.headers {
            guard let name = HTTPField.Name(name) else { continue }
            response.headerFields.append(HTTPField(name: name, value: value))
        }
        if found.status != 304 { response.headerFields[.contentLength] = String(found.body.count) }
        try await writer.write(response: response, body: ResponseBody(byteBuffer: ByteBuffer(bytes: found.body)))
    }
}
