import AsyncHTTPClient
import Domain
import NIOCore
import NIOPosix
import Glibc
import NIOSSL

extension TransportFailure {
    /// Only what certainly happened before the first byte of a request left counts as unreachable.
    init(_ error: any Error) {
        let text = Escaped(String(describing: error), limit: 160).description
        switch error {
        case is ResponseAccumulator.ResponseTooBigError: self = .tooLarge
        // Before the handshake is done nothing leaves. A record that cannot be read afterwards comes after the request.
        case NIOSSLError.handshakeFailed: self = .certificate(text)
        case is NIOSSLExtraError: self = .certificate(text)
        case is ThreadRoom.IsUsedUp:
            self = .unreachable("this machine starts no more threads; raise the limit of tasks (TasksMax, ulimit -u)")
        case is NIOConnectionError: self = .unreachable(text)
        case let error as HTTPClientError where Self.isBeforeSending(error): self = .unreachable(text)
        case let error as IOError where error.errnoCode == ECONNREFUSED: self = .unreachable(text)
        default: self = .lost(text)
        }
    }

    private static func isBeforeSending(_ error: HTTPClientError) -> Bool {
        [
            HTTPClientError.connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .socksHandshakeTimeout,
            .httpProxyHandshakeTimeout, .invalidURL, .emptyHost, .emptyScheme,
        ].contains(error)
    }
}
