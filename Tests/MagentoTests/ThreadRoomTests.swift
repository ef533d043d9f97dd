import AsyncHTTPClient
import Glibc
import NIOCore
import NIOSSL
import Synchronization
import Testing

@testable import Magento

struct ThreadRoomTests {
    @Test func `threads that cannot be made are a refusal that is tried again, and no trap`() async throws {
        let room = ThreadRoom { thread, gate in
            // The third one is refused; those before it have to be joined.
            Self.started.withLock { started in
                started += 1
                return started == 3 ? EAGAIN : ThreadRoom.system(thread, gate)
            }
        }
        let connection = HTTPConnection(WireLimits(), room: room)
        let request = try HTTPClient.Request(url: "http://127.0.0.1:1")

        await #expect { _ = try await connection.execute(request, atMost: 1, deadline: .now() + .seconds(5)) } throws: { error in
            if case .unreachable(let text) = TransportFailure(error) { text.contains("no more threads") } else { false }
        }
        #expect(Self.started.withLock { $0 } == 3)
        #expect(ThreadRoom().isThere(for: 4))
    }

    private static let started = Mutex(0)

    @Test func `TLS faults after the request left are unknown, and only a handshake that failed is not`() {
        let corrupt = TransportFailure(BoringSSLError.sslError([]))
        let cut = TransportFailure(NIOSSLError.uncleanShutdown)
        let handshake = TransportFailure(NIOSSLError.handshakeFailed(.sslError([])))
        let call = ShopCall(.post, ["order", "1", "ship"], effect: .once, expects: .text)

        for failure in [corrupt, cut] {
            guard case .unknown = AnswerClassifier.lost(failure, to: call) else { return #expect(Bool(false), "\(failure)") }
        }
        guard case .notDone = AnswerClassifier.lost(handshake, to: call) else { return #expect(Bool(false), "\(handshake)") }
    }
}
