import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Hands the body of a success to a `ListReader` part by part; everything else is collected as ever, so that a refusal can be read.
final class ListCollector: HTTPClientResponseDelegate {
    typealias Response = HTTPClient.Response

    private struct State {
        var head: HTTPResponseHead?
        var count = 0
    }

    private let reader: ListReader
    private let host: String
    private let refusal: ResponseAccumulator
    private let state = Mutex(State())

    init(_ reader: ListReader, request: HTTPClient.Request, refusalAtMost maximum: Int) {
        self.reader = reader
        host = request.host
        refusal = ResponseAccumulator(request: request, maxBodySize: maximum)
    }

    func didReceiveHead(task: HTTPClient.Task<Response>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        guard head.status == .ok, ShopReply.isJSON(head.headers.first(name: "Content-Type") ?? "") else {
            return refusal.didReceiveHead(task: task, head)
        }
        state.withLock { $0.head = head }
        reader.begin()
        return task.eventLoop.makeSucceededFuture(())
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Response>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let count: Int? = state.withLock { state in
            guard state.head != nil else { return nil }
            state.count += buffer.readableBytes
            return state.count
        }
        guard let count else { return refusal.didReceiveBodyPart(task: task, buffer) }
        guard count <= ListReader.maximumBody else {
            return task.eventLoop.makeFailedFuture(ResponseAccumulator.ResponseTooBigError(maxBodySize: ListReader.maximumBody))
        }
        buffer.withUnsafeReadableBytes { reader.feed($0) }
        return task.eventLoop.makeSucceededFuture(())
    }

    func didReceiveError(task: HTTPClient.Task<Response>, _ error: any Error) { refusal.didReceiveError(task: task, error) }

    /// Of a success the body is left out: the reader has it.
    func didFinishRequest(task: HTTPClient.Task<Response>) throws -> Response {
        guard let head = state.withLock({ $0.head }) else { return try refusal.didFinishRequest(task: task) }
        return Response(host: host, status: head.status, version: head.version, headers: head.headers, body: nil)
    }
}
