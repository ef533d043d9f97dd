import Glibc
import Synchronization

/// The cord that ends a session from another thread: it shuts the socket, so that a call blocked on it returns at once.
///
/// The socket is only shut, never closed, from outside: closing would let its number be used again under the blocked call.
final class SessionStop: Sendable {
    private struct State {
        var socket: Int32?
        var isPulled = false
    }

    private let state = Mutex(State())

    var isPulled: Bool { state.withLock { $0.isPulled } }

    func pull() {
        state.withLock { state in
            state.isPulled = true
            if let socket = state.socket { _ = shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Makes `socket` the one that `pull` shuts. Shut at once where the cord was pulled before.
    func watch(_ socket: Int32) {
        state.withLock { state in
            state.socket = socket
            if state.isPulled { _ = shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Shuts and closes `socket`, and forgets it.
    func close(_ socket: Int32) {
        state.withLock { state in
            if state.socket == socket { state.socket = nil }
            _ = shutdown(socket, Int32(SHUT_RDWR))
            _ = Glibc.close(socket)
        }
    }

    /// - Throws: `CancellationError` once the cord was pulled.
    func check() throws {
        if isPulled { throw CancellationError() }
    }
}
