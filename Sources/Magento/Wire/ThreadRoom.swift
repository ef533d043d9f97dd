import Glibc

/// Whether this machine still starts threads. The network library ends the process where it gets none, so it is asked before.
struct ThreadRoom: Sendable {
    /// Starts a thread that waits for the mutex, and answers 0 or an error number.
    typealias Start = @Sendable (UnsafeMutablePointer<pthread_t>, UnsafeMutablePointer<pthread_mutex_t>) -> Int32

    /// The machine's limit of threads is reached.
    struct IsUsedUp: Error {}

    private let start: Start

    init(start: @escaping Start = ThreadRoom.system) { self.start = start }

    static let system: Start = { thread, gate in pthread_create(thread, nil, { @Sendable in ThreadRoom.wait($0) }, gate) }

    private static func wait(_ gate: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let gate = gate?.assumingMemoryBound(to: pthread_mutex_t.self) else { return nil }
        pthread_mutex_lock(gate)
        pthread_mutex_unlock(gate)
        return nil
    }

    /// Starts `count` threads at once and lets all of them end.
    func isThere(for count: Int) -> Bool {
        let gate = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        defer { gate.deallocate() }
        pthread_mutex_init(gate, nil)
        defer { pthread_mutex_destroy(gate) }
        pthread_mutex_lock(gate)
        var threads: [pthread_t] = []
        while threads.count < count {
            var thread: pthread_t = 0
            guard start(&thread, gate) == 0 else { break }
            threads.append(thread)
        }
        pthread_mutex_unlock(gate)
        for thread in threads { pthread_join(thread, nil) }
        return threads.count == count
    }
}
