import Crypto
import Dispatch
import Domain
import Foundation
import Glibc
import Synchronization

/// Hashes and writes what a session brings. From the second stretch on that happens on a thread of its own: the session's
/// thread has its hands full with decrypting, and a second core is there.
///
/// `take` any number of times, then `finish` or `abandon` once, all on one thread.
final class HashingWriter {
    /// Long enough that handing over costs nothing, short enough to stay in the cache.
    private static let stretch = 256 << 10

    private let row: Row
    private var current: [UInt8] = []
    private var isShared = false

    /// Writes to `number`, which stays open until `finish` or `abandon` has returned.
    init(_ number: Int32) { row = Row(number) }

    /// - Throws: why an earlier stretch could not be written.
    func take(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        current += bytes
        guard current.count >= Self.stretch else { return }
        if isShared {
            current = try row.exchange(current)
        } else {
            try row.process(current)
            current.removeAll(keepingCapacity: true)
            isShared = true
            Thread.detachNewThread { [row] in row.processAll() }
        }
    }

    /// Everything is written when this returns; nothing is flushed.
    func finish() throws(SystemError) -> ContentHash {
        if isShared { try row.end() }
        try row.process(current)
        return row.hash
    }

    /// Returns once nothing is written any more.
    func abandon() {
        if isShared { try? row.end() }
    }
}

/// Stretches on their way from the session's thread to the writing one.
private final class Row: Sendable {
    private struct State {
        var hash = SHA256()
        var filled: [[UInt8]] = []
        var empty: [[UInt8]] = []
        var failure: SystemError?
    }

    private static let capacity = 4

    private let number: Int32
    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    /// Once for each stretch, and once more for the end.
    private let news = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    init(_ number: Int32) {
        self.number = number
        for _ in 0..<Self.capacity { room.signal() }
    }

    var hash: ContentHash { state.withLock { ContentHash(digest: $0.hash.finalize()) } }

    /// Hands `stretch` over and answers an empty one to fill.
    func exchange(_ stretch: [UInt8]) throws(SystemError) -> [UInt8] {
        room.wait()
        let (failure, next) = state.withLock { state in
            state.filled.append(stretch)
            return (state.failure, state.empty.popLast() ?? [])
        }
        news.signal()
        if let failure { throw failure }
        return next
    }

    func end() throws(SystemError) {
        news.signal()
        ended.wait()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    func processAll() {
        while true {
            news.wait()
            let (stretch, isSound) = state.withLock { ($0.filled.isEmpty ? nil : $0.filled.removeFirst(), $0.failure == nil) }
            guard var stretch else { break }
            if isSound {
                do { try process(stretch) } catch { state.withLock { $0.failure = error } }
            }
            stretch.removeAll(keepingCapacity: true)
            state.withLock { $0.empty.append(stretch) }
            room.signal()
        }
        ended.signal()
    }

    func process(_ stretch: [UInt8]) throws(SystemError) {
        var hash = state.withLock { $0.hash }
        hash.update(data: stretch)
        state.withLock { $0.hash = hash }
        let failure = stretch.withUnsafeBytes { bytes -> SystemError? in
            do throws(PartialWrite) { try Descriptor.write(bytes, to: number) } catch { return error.cause }
            return nil
        }
        if let failure { throw failure }
    }
}
