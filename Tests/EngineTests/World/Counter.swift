import Synchronization

/// Counts calls from anywhere.
final class Counter: Sendable {
    private let passed = Mutex(0)

    var count: Int { passed.withLock { $0 } }

    func next() -> Int {
        passed.withLock { passed in
            passed += 1
            return passed
        }
    }
}
