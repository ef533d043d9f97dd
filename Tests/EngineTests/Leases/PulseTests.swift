import Dispatch
import Domain
import Foundation
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Engine

/// What keeps a lease alive runs whatever else the process is busy with.
struct PulseTests {
    private final class Flag: Sendable {
        private let flag = Mutex(false)
        var isSet: Bool { flag.withLock { $0 } }
        func set() { flag.withLock { $0 = true } }
    }

    @Test(.timeLimit(.minutes(20)))
    func `H1 a lease is renewed while every thread for tasks computes, and not once after it was given back`() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: "\(folder.path)/ledger.db")
        var holder = LeaseHolder(name: "one", clock: "a") { _ in .unseen }
        holder.terms = LeaseTerms(length: .milliseconds(120))
        holder.pulse = .machine
        let kept = try #require(try await holder.take("stock", of: ledger, timeline: .system))
        let isEnough = Flag()
        let watcher = Thread {
            // By a connection of its own, on a thread of its own.
            guard let other = try? Ledger(path: ledger.path) else { return }
            while (try? other.heldLeases().first?.renewals ?? 0) ?? 0 < 2 {}
            isEnough.set()
        }
        watcher.start()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount * 2 {
                group.addTask { while !isEnough.isSet {} }
            }
        }
        try kept.end()
        #expect(try ledger.heldLeases().isEmpty)
        #expect(throws: (any Error).self) { try kept.lease.proveNow() }
    }

    @Test func `H1 what was stopped does not tick any more`() throws {
        let ticks = Mutex(0)
        let first = DispatchSemaphore(value: 0)
        let stop = try Pulse.machine.start(.milliseconds(1)) {
            ticks.withLock { $0 += 1 }
            first.signal()
        }
        first.wait()
        stop()
        let count = ticks.withLock { $0 }
        // Safe to repeat.
        stop()

        #expect(count > 0 && ticks.withLock { $0 } == count)
    }
}
