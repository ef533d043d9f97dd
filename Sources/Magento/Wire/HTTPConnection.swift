import AsyncHTTPClient
import Domain
import NIOCore
import Synchronization

/// The connections to one shop, opened by the first call: a poll that finds no file never starts the network machinery.
final class HTTPConnection: Sendable {
    private let limits: WireLimits
    private let client = Mutex<HTTPClient?>(nil)
    private let room: ThreadRoom

    init(_ limits: WireLimits, room: ThreadRoom = ThreadRoom()) {
        self.limits = limits
        self.room = room
    }

    /// Runs `body` and closes what it has opened.
    static func withConnection<Result>(
        _ limits: WireLimits, _ body: (HTTPConnection) async throws -> Result
    ) async throws -> Result {
        let connection = HTTPConnection(limits)
        do {
            let result = try await body(connection)
            try await connection.close()
            return result
        } catch {
            // The error that matters is the first.
            try? await connection.close()
            throw error
        }
    }

    /// The answer as a whole, or the error that kept it away; a body above `maximumBody` or the limits' own cap is one.
    ///
    /// Collected where it comes in and handed over once: each piece handed over by itself wakes a thread, and one call to a shop
    /// nearby costs as much in wakes as in work.
    ///
    /// - Parameter reader: takes the elements of a success instead, as they come in.
    func execute(
        _ request: HTTPClient.Request, atMost maximumBody: Int, deadline: NIODeadline, into reader: ListReader? = nil
    ) async throws -> HTTPClient.Response {
        let most = min(maximumBody, limits.maximumBody)
        if let reader { return try await execute(request, ListCollector(reader, request: request, refusalAtMost: most), deadline) }
        return try await execute(request, ResponseAccumulator(request: request, maxBodySize: most), deadline)
    }

    private func execute<Delegate: HTTPClientResponseDelegate>(
        _ request: HTTPClient.Request, _ delegate: Delegate, _ deadline: NIODeadline
    ) async throws -> HTTPClient.Response where Delegate.Response == HTTPClient.Response {
        let task = try opened().execute(request: request, delegate: delegate, deadline: deadline)
        return try await withTaskCancellationHandler {
            try await task.get()
        } onCancel: {
            task.cancel()
        }
    }

    private func opened() throws -> HTTPClient {
        try client.withLock { client in
            if let client { return client }
            // One for each core, and two for what looks up names.
            guard room.isThere(for: System.coreCount + 2) else { throw ThreadRoom.IsUsedUp() }
            let made = makeClient()
            client = made
            return made
        }
    }

    private func close() async throws {
        try await client.withLock { $0 }?.shutdown()
    }

    private func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .milliseconds(limits.connectDeadline.wholeMilliseconds),
                read: .milliseconds(limits.idleDeadline.wholeMilliseconds)),
            connectionPool: .init(idleTimeout: .seconds(15)),
            decompression: .disabled
        )
        // Ours is the only place that tries again: a refused connection is an answer at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        // One protocol, so that a lost connection means one thing.
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limits.concurrency
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
