import Domain
import Foundation
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
        var headers: [String: String] = ["host": request.head.authority ?? ""]
        for field in request.headers where headers[field.name.canonicalName] == nil { headers[field.name.canonicalName] = field.value }
        let cookies = request.headers[values: .cookie]
        if !cookies.isEmpty { headers["cookie"] = cookies.joined(separator: "; ") }
        var asked = ConsoleRequest(
            method: request.method.rawValue, target: request.head.path ?? "/", headers: headers, address: address)
        let found: ConsoleResponse
        if asked.method == "POST", asked.boundary != nil {
            found = await Self.answer(toUpload: asked, request.body, app)
        } else {
            var body: [UInt8] = []
            var refusal: ConsoleResponse?
            do {
                for try await part in request.body {
                    body += Array(buffer: part)
                    if body.count > ConsoleApp.maximumBody { break }
                }
            } catch {
                refusal = ConsoleResponse(status: 400)
            }
            if body.count > ConsoleApp.maximumBody { refusal = ConsoleResponse(status: 413) }
            asked.body = body
            if let refusal { found = refusal } else { found = await app.answer(asked) }
        }
        var response = HTTPResponse(status: .init(code: found.status))
        for (name, value) in found.headers {
            guard let name = HTTPField.Name(name) else { continue }
            response.headerFields.append(HTTPField(name: name, value: value))
        }
        if let path = found.file {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard let size = attributes?[.size] as? NSNumber else {
                response.status = .gone
                return try await writer.write(response: response, body: ResponseBody())
            }
            let body = ResponseBody(contentLength: size.intValue) { output in
                guard let file = FileHandle(forReadingAtPath: path) else { return try await output.finish(nil) }
                while let chunk = try file.read(upToCount: 1 << 16), !chunk.isEmpty { try await output.write(ByteBuffer(bytes: chunk)) }
                try await output.finish(nil)
            }
            return try await writer.write(response: response, body: body)
        }
        if found.status != 304 { response.headerFields[.contentLength] = String(found.body.count) }
        try await writer.write(response: response, body: ResponseBody(byteBuffer: ByteBuffer(bytes: found.body)))
    }

    /// A file that somebody brings goes to the disk as it comes, once it is known that it may come at all.
    private static func answer(toUpload asked: ConsoleRequest, _ body: RequestBody, _ app: ConsoleApp) async -> ConsoleResponse {
        if let refusal = app.refusal(ofUpload: asked) { return refusal }
        do {
            let upload = try Upload(in: app.settings.folder, limit: app.settings.uploadLimit + ConsoleApp.maximumBody, app.timeline)
            defer { upload.remove() }
            for try await part in body { try upload.take(part.readableBytesView) }
            try upload.finish()
            var asked = asked
            asked.bodyPath = upload.path
            return await app.answer(asked)
        } catch let diagnostic as Diagnostic {
            return .text("\(diagnostic.summary): \(diagnostic.fix)\n", status: diagnostic.code == "FILE-TOO-LARGE" ? 413 : 503)
        } catch {
            return ConsoleResponse(status: 400)
        }
    }
}
