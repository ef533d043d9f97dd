import Crypto
import Dispatch
import Domain
import Foundation
import Glibc
import Synchronization

/// Writes what a session brings, and hashes it. From the second stretch on a thread of its own hashes: decrypting and writing
/// are about as much work as serving and hashing where two cores do it all (decision 0060).
///
/// `take` any number of times, then `finish` or `abandon` once, all on one thread.
final class HashingWriter {
    /// Long enough that handing over costs nothing, short enough to stay in the cache.
    private static let stretch = 256 << 10

    private let number: Int32
    private let row = Row()
    private var current: [UInt8] = []
    private var isShared = false

    /// Writes to `number`, which stays open until `finish` or `abandon` has returned.
    init(_ number: Int32) { self.number = number }

    /// - Throws: why a stretch could not be written.
    func take(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        current += bytes
        guard current.count >= Self.stretch else { return }
        try write()
        if isShared {
            current = row.exchange(current)
        } else {
            row.hash(current)
            current.removeAll(keepingCapacity: true)
            isShared = true
            Thread.detachNewThread { [row] in row.hashAll() }
        }
    }

    /// Everything is written when this returns; nothing is flushed.
    func finish() throws(SystemError) -> ContentHash {
        if isShared { row.end() }
        try write()
        row.hash(current)
        return row.result
    }

    /// Returns once nothing is hashed any more. What was not written yet is not.
    func abandon() {
        if isShared { row.end() }
    }

    private func write() throws(SystemError) {
        let failure = current.withUnsafeBytes { bytes -> SystemError? in
            do throws(PartialWrite) { try Descriptor.write(bytes, to: number) } catch { return error.cause }
            return nil
        }
        if let failure { throw failure }
    }
}

/// Stretches on their way from the session's thread to the hashing one.
private final class Row: Sendable {
    private struct State {
        var hash = SHA256()
        var filled: [[UInt8]] = []
        var empty: [[UInt8]] = []
    }

    private static let capacity = 4

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    /// Once for each stretch, and once more for the end.
    private let news = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    init() {
        for _ in 0..<Self.capacity { room.signal() }
    }

    var result: ContentHash { state.withLock { ContentHash(digest: $0.hash.finalize()) } }

    /// Hands `stretch` over and answers an empty one to fill.
    func exchange(_ stretch: [UInt8]) -> [UInt8] {
        room.wait()
        let next = state.withLock { state in
            state.filled.append(stretch)
            return state.empty.popLast() ?? []
        }
        news.signal()
        return next
    }

    func end() {
        news.signal()
        ended.wait()
    }

    func hashAll() {
        while true {
            news.wait()
            guard var stretch = state.withLock({ $0.filled.isEmpty ? nil : $0.filled.removeFirst() }) else { break }
            hash(stretch)
            stretch.removeAll(keepingCapacity: true)
            state.withLock { $0.empty.append(stretch) }
            room.signal()
        }
        ended.signal()
    }

    func hash(_ stretch: [UInt8]) {
        var hash = state.withLock { $0.hash }
        hash.update(data: stretch)
        state.withLock { $0.hash = hash }
    }
}
