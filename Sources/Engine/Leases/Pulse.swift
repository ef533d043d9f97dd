import Domain
import Glibc
import Synchronization

/// Something that calls again and again, whatever else the process is busy with. Tests that move the clock themselves bring their own.
package struct Pulse: Sendable {
    /// Begins to call `tick` once per interval; answers how to stop it. It is not called any more when that returns.
    /// Throws where it cannot be begun.
    package var start: @Sendable (_ every: Duration, _ tick: @escaping @Sendable () -> Void) throws -> @Sendable () -> Void

    package init(start: @escaping @Sendable (Duration, @escaping @Sendable () -> Void) throws -> @Sendable () -> Void) {
        self.start = start
    }

    /// Never calls.
    package static let none = Pulse { _, _ in {} }

    /// By the clock that only goes forward, each on a thread of its own: tasks share as many threads as there are processors, and a
    /// plan that computes, or a disk that does not answer, would keep them all.
    package static let machine = Pulse { every, tick in
        let thread = try PulseThread(every, tick)
        return { thread.stop() }
    }
}

private final class PulseThread: Sendable {
    private final class Work: Sendable {
        let orders: Int32
        let every: Int32
        let tick: @Sendable () -> Void

        init(orders: Int32, every: Int32, tick: @escaping @Sendable () -> Void) {
            (self.orders, self.every, self.tick) = (orders, every, tick)
        }

        func run() {
            while true {
                var order = pollfd(fd: orders, events: Int16(POLLIN), revents: 0)
                let count = poll(&order, 1, every)
                if count > 0 { return }
                if count == 0 { tick() }
            }
        }
    }

    private struct State {
        var thread: pthread_t?
        /// The thread waits at one end for a word at the other.
        let ends: [Int32]
    }

    private let state: Mutex<State>

    init(_ every: Duration, _ tick: @escaping @Sendable () -> Void) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.failure(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let milliseconds = Int32(clamping: max(1, every.wholeMilliseconds))
        let work = Unmanaged.passRetained(Work(orders: ends[0], every: milliseconds, tick: tick))
        var thread: pthread_t = 0
        let code = pthread_create(&thread, nil, { @Sendable in PulseThread.perform($0) }, work.toOpaque())
        guard code == 0 else {
            work.release()
            for end in ends { close(end) }
            throw Self.failure(code)
        }
        state = Mutex(State(thread: thread, ends: ends))
    }

    private static func perform(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let work else { return nil }
        Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run()
        return nil
    }

    func stop() {
        let (thread, ends) = state.withLock { state in
            defer { state.thread = nil }
            return (state.thread, state.ends)
        }
        guard let thread else { return }
        var word: UInt8 = 0
        // Until it is there: the thread has no other sign, and joining it would wait for ever.
        while write(ends[1], &word, 1) < 0, errno == EINTR {}
        pthread_join(thread, nil)
        for end in ends { close(end) }
    }

    private static func failure(_ code: Int32) -> Diagnostic {
        Diagnostic(
            "LEASE-THREAD", "no thread could be started to keep the hold on the work: \(String(cString: strerror(code)))",
            fix: "raise the limits of the service (TasksMax, LimitNOFILE); the next run continues", kind: .transient)
    }
}
