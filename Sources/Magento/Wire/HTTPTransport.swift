import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1

/// The connection: addresses a call, signs it, sends it once and classifies what comes back.
///
/// Redirects are off (AsyncHTTPClient would turn a POST into a GET without its body), there is no cookie jar, nothing is
/// decompressed, the answer's size and depth are capped, and a deadline covers the whole exchange to the last byte.
package final class HTTPTransport: ShopTransport {
    private let endpoint: ShopEndpoint
    private let limits: WireLimits
    private let authoriser: any Authoriser
    private let timeline: Timeline
    private let connection: HTTPConnection
    private let observer: ShopObserver

    init(
        endpoint: ShopEndpoint, limits: WireLimits, authoriser: any Authoriser, timeline: Timeline, connection: HTTPConnection,
        observer: ShopObserver = .none
    ) {
        self.endpoint = endpoint
        self.limits = limits
        self.authoriser = authoriser
        self.timeline = timeline
        self.connection = connection
        self.observer = observer
    }

    package func send(_ call: ShopCall) async -> Answer {
        do throws(Refusal) {
            let (answer, header) = try await attempt(call)
            if case .done = answer { await authoriser.confirm() }
            guard case .notDone(let refusal) = answer, refusal.kind == .unauthorised,
                await authoriser.renewed(insteadOf: header)
            else { return answer }
            let second = try await attempt(call).answer
            if case .done = second { await authoriser.confirm() }
            return second
        } catch {
            return .notDone(error)
        }
    }

    /// Throws where no credential could be had; nothing was sent then.
    private func attempt(_ call: ShopCall) async throws(Refusal) -> (answer: Answer, header: String?) {
        let target = RequestTarget.of(call, scope: endpoint.scope, basePath: endpoint.basePath)
        let header = try await authoriser.header(method: call.method, origin: endpoint.origin, target: target)
        let url = endpoint.origin + target
        return (await call.guarded { await self.exchange(call, url: url, header) }, header)
    }

    private func headers(_ call: ShopCall, _ authorization: String?) -> HTTPHeaders {
        var headers = HTTPHeaders([("Accept", Self.accepted(call.expects))])
        if let store = call.store { headers.add(name: "Store", value: store) }
        headers.add(name: "User-Agent", value: endpoint.userAgent)
        if let authorization { headers.add(name: "Authorization", value: authorization) }
        if call.body != nil { headers.add(name: "Content-Type", value: "application/json") }
        return headers
    }

    private static func accepted(_ expectation: ShopCall.Expectation) -> String {
        switch expectation {
        case .plainText: "*/*"
        case .page: "text/html"
        case .emptyList, .object, .list, .wholeNumber, .text, .yes, .flag: "application/json"
        }
    }

    private func exchange(_ call: ShopCall, url: String, _ authorization: String?) async -> Answer {
        do {
            let request = try HTTPClient.Request(
                url: url, method: HTTPMethod(rawValue: call.method.rawValue), headers: headers(call, authorization),
                body: call.body.map { .byteBuffer(ByteBuffer(bytes: $0)) })
            let deadline = NIODeadline.now() + .milliseconds(limits.totalDeadline.wholeMilliseconds)
            var reply = Self.reply(
                try await connection.execute(request, atMost: call.expects.maximumBody, deadline: deadline, into: call.reader))
            if let reader = call.reader, reply.status == 200, ShopReply.isJSON(reply.contentType) { reply.problem = reader.end() }
            observer.answered(reply.status, reply.serverTime)
            return AnswerClassifier.classify(reply, to: call, now: timeline.now())
        } catch {
            return AnswerClassifier.lost(TransportFailure(error), to: call)
        }
    }

    private static func reply(_ response: HTTPClient.Response) -> ShopReply {
        ShopReply(
            status: Int(response.status.code),
            contentType: response.headers.first(name: "Content-Type") ?? "",
            retryAfter: response.headers.first(name: "Retry-After"),
            location: response.headers.first(name: "Location"),
            serverTime: response.headers.first(name: "Date").flatMap(HTTPDate.parse),
            body: response.body.map { Array(buffer: $0) } ?? []
        )
    }
}
