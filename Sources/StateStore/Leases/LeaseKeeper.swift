package import Domain
import Synchronization

/// The right to work on a flow, held by this process (reliability H1). One holder at a time: whoever comes after has a higher
/// token, and from then on nothing is written or sent under this one.
///
/// Whoever holds it has `renew` called by the clock, by something that runs whatever else the process is busy with. Each write
/// under the lease is a renewal, too.
package final class LeaseKeeper: CallGuard {
    package let flow: String
    package let token: Int64
    package let terms: LeaseTerms
    /// Whether the holder before this one did not give the work back: it died, or was overtaken.
    package let followsInterruption: Bool
    private let ledger: Ledger
    private let timeline: Timeline
    private let state: Mutex<State>

    private struct State {
        /// When the last renewal that is durable was begun.
        var renewed: Duration
        var isLost = false
        var isReleased = false
        var calls: [Int: @Sendable () -> Void] = [:]
        var nextCall = 0
    }

    init(
        ledger: Ledger, flow: String, token: Int64, terms: LeaseTerms, timeline: Timeline, renewed: Duration, followsInterruption: Bool
    ) {
        self.ledger = ledger
        self.flow = flow
        self.token = token
        self.terms = terms
        self.followsInterruption = followsInterruption
        self.timeline = timeline
        state = Mutex(State(renewed: renewed))
    }

    // MARK: Keeping

    /// A sign of life. Where another holder has taken over, nothing is begun any more and what is under way is cut off.
    /// Trouble of the ledger is passed over: the next renewal tries again, and `watch` sees to it that time does not run out unseen.
    package func renew() {
        guard state.withLock({ !$0.isLost && !$0.isReleased }) else { return }
        try? ledger.renew(self)
    }

    /// Cuts off the calls under way once the proof has become too old for them. To be called by the clock, also while `renew` waits for a
    /// disk; it never waits for anything.
    package func cutStaleCalls() {
        let now = timeline.uptime()
        let cut = state.withLock { state -> [@Sendable () -> Void] in
            guard state.isLost || isStale(state, at: now) else { return [] }
            defer { state.calls = [:] }
            return Array(state.calls.values)
        }
        for call in cut { call() }
    }

    /// Gives the work back. Nothing is begun under it afterwards.
    package func release() throws {
        state.withLock { $0.isReleased = true }
        try ledger.write(.takingLeases) { try $0.release(flow: flow, token: token) }
    }

    // MARK: Proving

    package func proveNow() throws {
        let now = timeline.uptime()
        let (isOver, isOld) = state.withLock { ($0.isLost || $0.isReleased, isStale($0, at: now)) }
        if isOver { throw Self.lost(flow) }
        if isOld {
            // Also after a pause of the whole process: nobody has taken over as long as the ledger takes our sign of life.
            try ledger.renew(self)
            let now = timeline.uptime()
            guard state.withLock({ !isStale($0, at: now) }) else { throw Self.stale(flow) }
        }
        guard try ledger.read({ try $0.isHeld(flow: flow, token: token) }) else {
            noteLoss()
            throw Self.lost(flow)
        }
    }

    package func watch(_ cut: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let now = timeline.uptime()
        let number = state.withLock { state -> Int? in
            guard !state.isLost, !isStale(state, at: now) else { return nil }
            state.nextCall += 1
            state.calls[state.nextCall] = cut
            return state.nextCall
        }
        guard let number else {
            cut()
            return {}
        }
        return { self.state.withLock { $0.calls[number] = nil } }
    }

    func noteRenewal(_ begun: Duration) { state.withLock { $0.renewed = max($0.renewed, begun) } }

    func noteLoss() {
        let cut = state.withLock { state in
            state.isLost = true
            defer { state.calls = [:] }
            return Array(state.calls.values)
        }
        for call in cut { call() }
    }

    var uptime: Duration { timeline.uptime() }

    private func isStale(_ state: State, at now: Duration) -> Bool {
        now - state.renewed > terms.length - terms.reserve
    }

    /// The work is another holder's by now.
    package static let lostCode = "LEASE-LOST"

    static func lost(_ flow: String) -> Diagnostic {
        Diagnostic(
            lostCode, "another process has taken over flow \(flow)",
            fix: "nothing more was done here; the other process continues", kind: .transient
        )
    }

    package static func stale(_ flow: String) -> Diagnostic {
        Diagnostic(
            "LEASE-STALE", "this process could not renew its hold on flow \(flow) in time",
            fix: "nothing more was begun; the next run continues. If it comes again, look at the disk of the state folder", kind: .transient
        )
    }
}
