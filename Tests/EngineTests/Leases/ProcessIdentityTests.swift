import Domain
import Foundation
import Glibc
import Synchronization
import StateStore
import TestKit
import Testing

@testable import Engine

/// What one process can tell of another.
struct ProcessIdentityTests {
    private let own = ProcessIdentity.own(ManualTimeline().timeline)

    private func other(_ change: (inout ProcessIdentity) -> Void) -> HolderStanding {
        var other = own
        change(&other)
        return own.standing(of: other)
    }

    @Test func `H1 a process is known by its number and the time of its start, and its name says both`() throws {
        #expect(own.number == getpid() && own.start != "-")
        #expect(ProcessIdentity(name: own.name) == own)
        #expect(own.standing(of: own) == .alive)
        #expect(ProcessIdentity(name: "1234 abcd") == nil)
    }

    @Test func `H1 a number that is in use by another process now, or by a thread, is no sign of life`() throws {
        #expect(other { $0.start = "17" } == .dead)
        // The first process of the machine: not the parent, which may have begun within the same tick as this one.
        #expect(other { $0.number = 1 } == .dead)
        // Answers to signals, and is no process.
        let end = DispatchSemaphore(value: 0)
        Thread.detachNewThread { end.wait() }
        defer { end.signal() }
        var threads: [Int32] = []
        while threads.isEmpty {
            let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
            threads = names.compactMap { Int32($0) }.filter { $0 != getpid() }
        }
        #expect(other { $0.number = threads[0] } != .alive)
    }

    @Test func `H1 a number that nobody has is dead`() {
        #expect(other { $0.number = 0x3FFF_FFFE } == .dead)
    }

    @Test func `H1 of another machine, another start of this one, or another namespace nothing can be told, whatever its number`() {
        #expect(other { $0.boot = "another" } == .unseen)
        #expect(other { $0.namespace = "pid:[1]" } == .unseen)
        // The same processes, counted by another clock: that it has ended is certain, that it lives is not.
        #expect(other { $0.timeNamespace = "time:[1]" } == .unseen)
        #expect(other { ($0.timeNamespace, $0.number) = ("time:[1]", 0x3FFF_FFFE) } == .dead)
    }

    @Test func `H1 a process that has ended and was not fetched is dead`() throws {
        var id: pid_t = 0
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        defer { free(arguments[0]) }
        let spawned = ChildProcess.starting.withLock { _ in posix_spawn(&id, "/bin/true", nil, nil, arguments, environ) }
        try #require(spawned == 0)
        var information = siginfo_t()
        while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        let stat = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        let start = stat.split(separator: ")").last.map { $0.split(separator: " ") }.map { String($0[19]) }

        #expect(other { ($0.number, $0.start) = (id, start ?? "") } == .dead)
        waitpid(id, nil, 0)
    }

    @Test func `H1 what a task of this process holds is its own, and what it could not give back is free`() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: "\(folder.path)/ledger.db", busyTimeout: .milliseconds(20))
        let holder = LeaseHolder.thisProcess(.system)
        let kept = try #require(try await holder.take("stock", of: ledger, timeline: .system))
        let second = try await LeaseHolder.thisProcess(.system).take("stock", of: ledger, timeline: .system)
        // The ledger does not take it back: another process holds its lock.
        let other = try Ledger(path: ledger.path)
        try other.write { _ in _ = #expect(throws: Diagnostic.self) { try kept.end() } }
        let third = try await LeaseHolder.thisProcess(.system).take("stock", of: ledger, timeline: .system)

        #expect(second == nil)
        #expect(third?.lease.token == kept.lease.token + 1)
        try third?.end()
    }
}
