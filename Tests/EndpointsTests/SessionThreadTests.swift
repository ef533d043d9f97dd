import Glibc
import Synchronization
import Testing

@testable import Endpoints

/// Threads that have run their last clean-up.
private let ended = Atomic(0)

struct SessionThreadTests {
    @Test func `when a session is over its thread has cleaned up after itself`() async throws {
        var made: pthread_key_t = 0
        pthread_key_create(&made) { @Sendable _ in
            // Others run first wherever they can.
            sched_yield()
            ended.add(1, ordering: .acquiringAndReleasing)
        }
        let key = made
        defer { pthread_key_delete(key) }

        for round in 1...100 {
            try await SessionThread.run(named: "session", stop: SessionStop()) {
                _ = pthread_setspecific(key, UnsafeRawPointer(bitPattern: 1))
            }
            #expect(ended.load(ordering: .acquiring) == round)
        }
    }
}
