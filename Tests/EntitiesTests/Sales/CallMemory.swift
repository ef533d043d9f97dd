import Domain
import Entities
import Synchronization

/// A memory of calls that waits for nothing, for tests of what is sent and found. The ledger's own is tested with the ledger.
final class CallMemory: CallBook, Sendable {
    private struct State {
        var open: [OnceCall] = []
        var claims: [Int: OnceCall] = [:]
        var doubles: [OnceCall: [String]] = [:]
    }

    private let state = Mutex(State())

    var doubles: [String: [String]] { state.withLock { Dictionary(uniqueKeysWithValues: $0.doubles.map { ($0.key.mark, $0.value) }) } }

    func unanswered(about subject: String) -> [UnansweredCall] { [] }
    func begin(_ call: OnceCall) -> Clearance {
        state.withLock { $0.open.append(call) }
        return .clear
    }
    func settle(_ call: OnceCall) { state.withLock { $0.open.removeAll { $0 == call } } }
    func claim(document id: Int, for call: OnceCall) -> Bool {
        state.withLock { state in
            let holder = state.claims[id] ?? call
            state.claims[id] = holder
            return holder == call
        }
    }
    func claims(of entity: String, about subject: String) -> [Int: String] { state.withLock { $0.claims.mapValues(\.mark) } }
    func watched(of entity: String) -> [OnceCall] { [] }
    func report(doubled call: OnceCall, documents: [String]) { state.withLock { $0.doubles[call] = documents } }
}

extension SalesEventApplier {
    /// One attempt with nothing remembered of earlier ones.
    func apply(_ changes: [Change]) async throws -> [ChangeAnswer] { try await apply(changes, CallMemory()) }
}

extension StatusApplier {
    func apply(_ changes: [Change]) async throws -> [ChangeAnswer] { try await apply(changes, CallMemory()) }
}
