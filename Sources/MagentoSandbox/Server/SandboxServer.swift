import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// A listening shop on the loopback interface.
package struct SandboxServer: Sendable {
    package let port: Int
    package let shop: SandboxShop
    private let task: Task<Void, any Error>

    /// `http://127.0.0.1:8089`, without a slash at its end.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// Whether `/__sandbox/…` answers: faults, maintenance and the journal over HTTP.
    package enum ControlRoutes: Sendable { case off, on }

    private struct Closed: Error {}
    package struct DidNotStart: Error {}

    /// Listens until `stop()`. Port 0 takes a free one. Throws where the port is taken.
    package static func start(
        shop: SandboxShop,
        port: Int = 0,
        control: ControlRoutes = .off
    ) async throws -> SandboxServer {
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "magento-sandbox")
        logger.logLevel = .critical
        let service = try HTTPServerBuilder.http1().buildServer(
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger,
            responder: { request, writer, channel in
                try await respond(to: request, writer, channel, shop: shop, control: control)
            },
            onServerRunning: { channel in
                announce.yield(channel.localAddress?.port ?? 0)
                announce.finish()
            }
        )
        let task = Task {
            defer { announce.finish() }
            try await service.run()
        }
        for await bound in ports { return SandboxServer(port: bound, shop: shop, task: task) }
        // It could not listen, or whoever asked was cancelled meanwhile: then nobody would ever end it.
        task.cancel()
        try await task.value
        throw DidNotStart()
    }

    /// Closes the port and every connection.
    package func stop() async {
        task.cancel()
        _ = try? await task.value
    }

    /// Runs until the task is cancelled or the process is told to end.
    package func run() async throws { try await task.value }

    @concurrent private static func respond(
        to request: Request,
        _ writer: consuming ResponseWriter,
        _ channel: any Channel,
        shop: SandboxShop,
        control: ControlRoutes
    ) async throws {
        let body = try await request.body.collect(upTo: 64 << 20)
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        let received = ShopRequest(
            method: request.method.rawValue, target: request.head.path ?? "/", host: request.head.authority ?? "",
            headers: headers, body: Array(buffer: body)
        )
        if control == .on, let answer = ControlRoute.answer(received, shop: shop) {
            try await write(answer, to: writer, shop: shop)
            return
        }
        switch await shop.exchange(received) {
        case .answer(let answer): try await write(answer, to: writer, shop: shop)
        case .answerThenClose(let answer):
            try await write(answer, to: writer, shop: shop)
            throw Closed()
        case .drop: throw Closed()
        case .cut(let answer, let bytes):
            var body = try await writer.writeHead(head(answer, shop: shop))
            try await body.write(ByteBuffer(bytes: answer.body.prefix(bytes)))
            throw Closed()
        case .drip(let answer, let pause):
            var body = try await writer.writeHead(head(answer, shop: shop))
            for _ in 0..<1_000_000 {
                try await body.write(ByteBuffer(string: " "))
                try await Task.sleep(for: pause)
            }
            throw Closed()
        }
    }

    @concurrent private static func write(_ answer: ShopAnswer, to writer: consuming ResponseWriter, shop: SandboxShop) async throws {
        try await writer.write(response: head(answer, shop: shop), body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    private static func head(_ answer: ShopAnswer, shop: SandboxShop) -> HTTPResponse {
        var response = HTTPResponse(status: .init(code: answer.status))
        response.headerFields[.contentType] = answer.contentType
        response.headerFields[.contentLength] = String(answer.body.count)
        response.headerFields[.date] = ShopClock.httpDate(shop.clock.seconds())
        response.headerFields[.server] = "nginx/1.22.1"
        // Magento opens a session with most answers; a client gains nothing by keeping it.
        response.headerFields[.setCookie] = "PHPSESSID=0123456789abcdef0123456789abcdef; path=/; HttpOnly; SameSite=Lax"
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { response.headerFields[name] = value }
        }
        return response
    }
}
