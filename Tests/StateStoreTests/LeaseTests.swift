import Domain
import Synchronization
import TestKit
import Testing

@testable import StateStore

/// Who may work on a flow, and how that is proved.
struct LeaseTests {
    /// A process as the ledger sees it: with a connection and clocks of its own.
    private struct Worker {
        let name: String
        let clock: String
        let ledger: Ledger
        let time: ManualTimeline
        var terms = LeaseTerms()
        var isFenced = false
        /// What it can tell of any other.
        var sees = HolderStanding.unseen

        func ask(_ flow: String = "stock") throws -> LeaseAnswer {
            try ledger.takeLease(
                LeaseRequest(flow: flow, holder: name, clock: clock, terms: terms, isFenced: isFenced) { [sees] _ in sees },
                timeline: time.timeline)
        }

        func take() throws -> LeaseKeeper? {
            if case .taken(let lease) = try ask() { lease } else { nil }
        }

        /// How long it has to wait at the least; `nil` where it got the lease, or the holder is known to live.
        func wait() throws -> Duration? {
            if case .unsure(_, let rest) = try ask() { rest } else { nil }
        }
    }

    private let folder = TemporaryFolder()

    private func worker(_ name: String, clock: String, uptime: Duration = .seconds(1000), time: ManualTimeline? = nil) throws -> Worker {
        let ledger = try Ledger(path: "\(folder.path)/ledger.db", busyTimeout: .milliseconds(50))
        return Worker(name: name, clock: clock, ledger: ledger, time: time ?? ManualTimeline(uptime: uptime))
    }

    // MARK: Whose it is

    @Test func `H1 a flow has one holder; one that is seen to live keeps it for ever, one that is seen to be dead loses it at once`() throws {
        let one = try worker("one", clock: "a")
        var two = try worker("two", clock: "a", time: one.time)
        let first = try #require(try one.take())
        one.time.advance(by: .seconds(100_000))

        two.sees = .alive
        guard case .busy(let row) = try two.ask() else { Issue.record("taken from a living holder"); return }
        two.sees = .dead
        let second = try #require(try two.take())

        #expect(row.holder == "one")
        #expect(second.token > first.token)
        let lost = #expect(throws: Diagnostic.self) { try one.ledger.write(as: first) { _ in } }
        #expect(lost?.code == "LEASE-LOST" && lost?.kind == .transient)
        try two.ledger.write(as: second) { _ in }
    }

    @Test func `H1 an unseen holder with our clock is replaced thirty seconds after its last sign of life, whatever the wall clocks say`() throws {
        let one = try worker("one", clock: "a")
        let two = try worker("two", clock: "a", time: one.time)
        let lease = try #require(try one.take())
        one.time.advance(by: .seconds(25))
        lease.renew()
        // Years both ways say nothing.
        one.time.setWallClock(UTCInstant(seconds: 4_000_000_000))
        let rest = try two.wait()
        one.time.setWallClock(UTCInstant(seconds: 1))
        one.time.advance(by: .seconds(29))
        let less = try two.wait()
        one.time.advance(by: .seconds(1))

        #expect(rest == .seconds(30) && less == .seconds(1))
        #expect(try two.take() != nil)
    }

    @Test func `H1 a holder on another machine is replaced after a lease without a sign of life as seen from here, and each sign begins it anew`()
        throws
    {
        let one = try worker("one", clock: "a", uptime: .seconds(9_000_000))
        let two = try worker("two", clock: "b", uptime: .seconds(50))
        let lease = try #require(try one.take())

        let first = try two.wait()
        two.time.advance(by: .seconds(31))
        // It was renewed once, however long ago by its own clock.
        one.time.advance(by: .seconds(5))
        lease.renew()
        let anew = try two.wait()
        two.time.advance(by: .seconds(31))
        let rest = try two.wait()
        two.time.advance(by: .seconds(1))

        #expect(first == .seconds(32) && anew == .seconds(32) && rest == .seconds(1))
        #expect(try two.take() != nil)
        #expect(throws: Diagnostic.self) { try lease.proveNow() }
    }

    @Test func `H1 processes that come and go watch on for each other, and another start of the machine begins to watch anew`() throws {
        let dead = try worker("one", clock: "a")
        _ = try dead.take()
        let time = ManualTimeline(uptime: .seconds(10))
        #expect(try worker("two", clock: "b", time: time).wait() == .seconds(32))
        time.advance(by: .seconds(32))
        let rebooted = try worker("three", clock: "c", uptime: .seconds(3))

        #expect(try rebooted.wait() == .seconds(32))
        #expect(try worker("four", clock: "b", time: time).take() != nil)
    }

    @Test func `H1 where the administrator guarantees that no two see the ledger, an unseen holder is dead`() throws {
        _ = try worker("one", clock: "a").take()
        var two = try worker("two", clock: "b")
        two.isFenced = true
        #expect(try two.take() != nil)
    }

    @Test func `H1 what was given back is free for everybody, and nothing is begun under it any more`() throws {
        let one = try worker("one", clock: "a")
        let lease = try #require(try one.take())
        try lease.release()

        #expect(throws: Diagnostic.self) { try lease.proveNow() }
        #expect(throws: Diagnostic.self) { try one.ledger.write(as: lease) { _ in } }
        #expect(try worker("two", clock: "b").take() != nil)
    }

    // MARK: What is written under it

    @Test func `F86 H1 what a process writes whose lease another one has taken over is not kept, and its work is not even begun`() throws {
        let one = try worker("one", clock: "a")
        var two = try worker("two", clock: "a", time: one.time)
        two.sees = .dead
        let first = try #require(try one.take())
        let second = try #require(try two.take())
        let isBegun = Mutex(false)

        let lost = #expect(throws: Diagnostic.self) {
            try one.ledger.write(as: first) { writer in
                isBegun.withLock { $0 = true }
                try writer.remember(flow: "stock", name: "a", value: "one")
            }
        }
        try two.ledger.write(as: second) { try $0.remember(flow: "stock", name: "b", value: "two") }

        #expect(lost?.code == "LEASE-LOST" && lost?.kind == .transient)
        #expect(isBegun.withLock { !$0 })
        #expect(try one.ledger.read { try $0.memory(flow: "stock", name: "a") } == nil)
        #expect(try one.ledger.read { try $0.memory(flow: "stock", name: "b") } == "two")
    }

    @Test func `H1 work that takes longer than a lease is a sign of life when it is durable`() throws {
        let one = try worker("one", clock: "a")
        let lease = try #require(try one.take())
        try one.ledger.write(as: lease) { _ in one.time.advance(by: .seconds(100)) }

        try lease.proveNow()
        #expect(try worker("two", clock: "a", time: one.time).wait() == .seconds(30))
    }

    @Test func `H1 what may be written without a lease is a short list`() {
        #expect(LeaselessWrite.allCases.count <= 15)
    }

    // MARK: What is begun under it

    @Test func `H1 a call begins with the proof of this very moment only`() throws {
        let one = try worker("one", clock: "a")
        var two = try worker("two", clock: "a", time: one.time)
        let lease = try #require(try one.take())
        try lease.proveNow()
        two.sees = .dead
        _ = try two.take()

        let lost = #expect(throws: Diagnostic.self) { try lease.proveNow() }
        #expect(lost?.code == "LEASE-LOST")
    }

    @Test func `H1 a process that was paused past its lease, with nobody after it, goes on where it was`() throws {
        let one = try worker("one", clock: "a")
        let lease = try #require(try one.take())
        one.time.advance(by: .seconds(100_000))
        try lease.proveNow()

        #expect(try worker("two", clock: "a", time: one.time).wait() == .seconds(30))
    }

    @Test func `H1 without a renewal for twenty seconds calls under way are cut off and none begins, and a renewal opens the way again`() throws {
        let one = try worker("one", clock: "a")
        let lease = try #require(try one.take())
        let cuts = Mutex(0)
        let first = lease.watch { cuts.withLock { $0 += 1 } }
        one.time.advance(by: .seconds(20))
        lease.cutStaleCalls()
        let before = cuts.withLock { $0 }

        // The ledger takes nothing: another process holds its lock.
        let other = try Ledger(path: one.ledger.path)
        try other.write { _ in
            lease.renew()
            one.time.advance(by: .milliseconds(1))
            lease.cutStaleCalls()
            lease.cutStaleCalls()
            #expect(throws: Diagnostic.self) { try lease.proveNow() }
        }
        let after = cuts.withLock { $0 }
        lease.renew()
        try lease.proveNow()
        let second = lease.watch { cuts.withLock { $0 += 10 } }
        lease.cutStaleCalls()

        #expect(before == 0 && after == 1 && cuts.withLock { $0 } == 1)
        first()
        second()
    }

    @Test func `H1 whoever learns that another has taken over cuts off what is under way at once`() throws {
        let one = try worker("one", clock: "a")
        var two = try worker("two", clock: "a", time: one.time)
        two.sees = .dead
        let lease = try #require(try one.take())
        let cuts = Mutex(0)
        _ = lease.watch { cuts.withLock { $0 += 1 } }
        _ = try two.take()
        lease.renew()
        let late = lease.watch { cuts.withLock { $0 += 10 } }

        #expect(cuts.withLock { $0 } == 11)
        late()
    }

    @Test func `H1 a call is cancelled when the proof runs out, and says so`() async throws {
        let one = try worker("one", clock: "a")
        let lease = try #require(try one.take())
        let (begun, begin) = AsyncStream<Void>.makeStream()
        async let ended = lease.around {
            begin.finish()
            // Until it is cancelled.
            for await _ in AsyncStream<Void>.makeStream().stream {}
            return Task.isCancelled
        }
        for await _ in begun {}
        one.time.advance(by: .seconds(21))
        lease.cutStaleCalls()
        let (result, wasCut) = try await ended

        #expect(wasCut)
        #expect(try result.get())
    }
}
