package import Domain
package import StateStore

/// The ledger as the memory of calls that must not be made twice. Every entry is a commit of its own, with the proof that this
/// process still holds the flow: directly before the call that it stands for.
package struct LedgerCallBook: CallBook {
    private let ledger: Ledger
    private let flow: String
    private let wait: Duration
    private let timeline: Timeline
    private let commit: @Sendable ((LedgerWriter) throws -> Void) throws -> Void

    /// How long calls that were sent twice are looked after.
    static let watch = Duration.seconds(14 * 86_400)

    /// - Parameters:
    ///   - wait: How long a call without an answer is waited for.
    ///   - commit: Makes a transaction durable. Throws where this process does not hold the flow any more.
    package init(
        ledger: Ledger, flow: String, wait: Duration, timeline: Timeline, commit: @escaping @Sendable ((LedgerWriter) throws -> Void) throws -> Void
    ) {
        self.ledger = ledger
        self.flow = flow
        self.wait = wait
        self.timeline = timeline
        self.commit = commit
    }

    private func write<Result>(_ body: (LedgerWriter) throws -> Result) throws -> Result {
        var result: Result?
        try commit { result = try body($0) }
        guard let result else { throw Diagnostic("BOOKS-UNBALANCED", "a commit did nothing", fix: "this is a fault of the program: report it") }
        return result
    }

    package func unanswered(about subject: String) throws -> [UnansweredCall] {
        let clock = ForwardClock(timeline)
        let calls = try ledger.read { try $0.unansweredCalls(about: subject, wait: wait, at: clock) }
        guard !calls.isEmpty else { return [] }
        return try write { writer in
            try writer.see(subject, at: clock)
            return try writer.reader.unansweredCalls(about: subject, wait: wait, at: clock)
        }
    }

    package func begin(_ call: OnceCall) throws -> Clearance {
        try write { writer in
            return try writer.begin(call, flow: flow, wait: wait, now: timeline.now(), at: ForwardClock(timeline))
        }
    }

    package func settle(_ call: OnceCall) throws {
        try write { writer in
            try writer.settle(call)
        }
    }

    package func claim(document id: Int, for call: OnceCall) throws -> Bool {
        try write { writer in
            return try writer.claim(document: id, for: call)
        }
    }

    package func claims(of entity: String, about subject: String) throws -> [Int: String] {
        try ledger.read { try $0.claims(of: entity, about: subject) }
    }

    package func watched(of entity: String) throws -> [OnceCall] { try ledger.read { try $0.watchedCalls(of: entity) } }

    package func report(doubled call: OnceCall, documents: [String]) throws {
        try write { try $0.report(doubled: call, flow: flow, documents: documents.joined(separator: ", "), now: timeline.now()) }
    }
}
