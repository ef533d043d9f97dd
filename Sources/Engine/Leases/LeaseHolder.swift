package import Domain
package import StateStore
import Synchronization

/// Who this process is to the others that share a ledger, what it can tell of them, and how it keeps what it holds.
package struct LeaseHolder: Sendable {
    /// Unlike that of every other process.
    package var name: String
    /// The clock that `Timeline.uptime` reads: the same for two processes only where their uptimes can be compared.
    package var clock: String
    package var terms = LeaseTerms()
    /// Whether the administrator guarantees that a process which cannot be seen has no way to the ledger and the shop any more.
    package var isFenced = false
    package var pulse = Pulse.none
    private let judge: @Sendable (LeaseRow) -> HolderStanding
    /// What tasks of this process hold.
    private let held: HeldTokens

    package init(name: String, clock: String, judge: @escaping @Sendable (LeaseRow) -> HolderStanding) {
        self.init(name: name, clock: clock, held: HeldTokens(), judge: judge)
    }

    init(name: String, clock: String, held: HeldTokens, judge: @escaping @Sendable (LeaseRow) -> HolderStanding) {
        self.name = name
        self.clock = clock
        self.held = held
        self.judge = judge
    }

    /// One that can always tell whether another lives.
    package init(name: String, isAlive: @escaping @Sendable (_ holder: String) -> Bool) {
        self.init(name: name, clock: "one") { isAlive($0.holder) ? .alive : .dead }
    }

    /// What can be told of whoever holds a lease. One of this process that no task holds any more was never given back.
    package func standing(of row: LeaseRow) -> HolderStanding {
        if row.holder == name, held.isKnown { return held.contains(row.flow, row.token) ? .alive : .dead }
        return judge(row)
    }

    /// How often a holder that cannot be seen is looked at.
    private static let look = Duration.seconds(2)

    /// Takes the work on a flow and keeps it until `end`; `nil` while another process holds it.
    ///
    /// A holder that cannot be seen is watched until it shows a sign of life or its lease has run out, whichever comes first.
    /// - Parameter waiting: called once where there is something to wait for.
    package func take(
        _ flow: String, of ledger: Ledger, timeline: Timeline, waiting: (LeaseRow) -> Void = { _ in }
    ) async throws -> KeptLease? {
        let held = held
        let request = LeaseRequest(
            flow: flow, holder: name, clock: clock, terms: terms, isFenced: isFenced, judge: standing, taken: { held.add(flow, $0) })
        var first: LeaseRow?
        while true {
            switch try ledger.takeLease(request, timeline: timeline) {
            case .taken(let lease):
                do {
                    return try KeptLease(lease, pulse: pulse) { held.remove(flow, lease.token) }
                } catch {
                    held.remove(flow, lease.token)
                    try? lease.release()
                    throw error
                }
            case .busy: return nil
            case .unsure(let row, let rest):
                if let first {
                    guard first.token == row.token, first.renewals == row.renewals else { return nil }
                } else {
                    first = row
                    waiting(row)
                }
                try await timeline.sleep(min(max(rest, .milliseconds(50)), Self.look))
            }
        }
    }

    /// A process that is at work on the ledger; `nil` where there is none.
    package func worker(on ledger: Ledger, timeline: Timeline) async throws -> LeaseRow? {
        for row in try ledger.heldLeases() {
            guard let lease = try await take(row.flow, of: ledger, timeline: timeline) else { return row }
            try lease.end()
        }
        return nil
    }
}

/// A lease with what keeps it alive.
package final class KeptLease: Sendable {
    package let lease: LeaseKeeper
    private let stops: [@Sendable () -> Void]
    private let forget: @Sendable () -> Void

    fileprivate init(_ lease: LeaseKeeper, pulse: Pulse, forget: @escaping @Sendable () -> Void) throws {
        self.lease = lease
        self.forget = forget
        let renewing = try pulse.start(lease.terms.renewal) { lease.renew() }
        do {
            // Apart from the renewal, which may have to wait for the disk.
            stops = [renewing, try pulse.start(lease.terms.renewal / 5) { lease.cutStaleCalls() }]
        } catch {
            renewing()
            throw error
        }
    }

    /// Gives the work back. Safe to repeat. Where the ledger does not take that, the next task of this process may have it all the same, and
    /// so may everybody once the process has ended.
    package func end() throws {
        for stop in stops { stop() }
        defer { forget() }
        try lease.release()
    }

    /// Lets go without a word, as a process does that dies: whoever comes next knows that the work was interrupted.
    package func abandon() {
        for stop in stops { stop() }
        forget()
    }

    deinit { abandon() }
}

/// The leases that tasks of a process hold, by flow and token.
final class HeldTokens: Sendable {
    private struct Key: Hashable {
        var flow: String
        var token: Int64
    }

    private let tokens = Mutex<Set<Key>>([])
    /// Whether these are all that the process holds.
    let isKnown: Bool

    init(isKnown: Bool = false) { self.isKnown = isKnown }

    func contains(_ flow: String, _ token: Int64) -> Bool { tokens.withLock { $0.contains(Key(flow: flow, token: token)) } }
    func add(_ flow: String, _ token: Int64) { _ = tokens.withLock { $0.insert(Key(flow: flow, token: token)) } }
    func remove(_ flow: String, _ token: Int64) { _ = tokens.withLock { $0.remove(Key(flow: flow, token: token)) } }
}
