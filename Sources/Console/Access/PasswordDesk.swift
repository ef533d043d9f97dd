import Dispatch
import Domain
import Synchronization

/// Hashes passwords two at a time, away from the threads that answer pages: each takes 19 MiB and some tens of milliseconds, and a flood of
/// sign-ins must not take the memory of the machine.
final class PasswordDesk: Sendable {
    private static let atOnce = 2
    private static let mayWait = 8
    private let queues = (0..<atOnce).map { DispatchQueue(label: "password-\($0)") }
    private let state = Mutex((waiting: 0, turn: 0))
    private let timeline: Timeline
    /// What an unknown name is checked against, so that it takes as long as a known one.
    let decoy: String

    init(timeline: Timeline) {
        self.timeline = timeline
        decoy = PasswordHash.make("nobody's password", salt: timeline.randomBytes(16)) ?? ""
    }

    static let busy = Diagnostic(
        "CONSOLE-BUSY", "too many people are signing in at once", fix: "wait a few seconds and try again", kind: .transient)

    /// Whether the password is that of the hash; no hash is nobody's. Throws `CONSOLE-BUSY`.
    func check(_ password: String, _ hash: String?) async throws -> Bool {
        let decoy = decoy
        return try await work { PasswordHash.matches(password, hash ?? decoy) } && hash != nil
    }

    func make(_ password: String) async throws -> String {
        let salt = timeline.randomBytes(16)
        guard let hash = try await work({ PasswordHash.make(password, salt: salt) }) else { throw Self.busy }
        return hash
    }

    private func work<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async throws -> Result {
        let turn: Int? = state.withLock { state in
            guard state.waiting < Self.atOnce + Self.mayWait else { return nil }
            state.waiting += 1
            state.turn = (state.turn + 1) % Self.atOnce
            return state.turn
        }
        guard let turn else { throw Self.busy }
        defer { state.withLock { $0.waiting -= 1 } }
        return await withCheckedContinuation { continuation in
            queues[turn].async { continuation.resume(returning: body()) }
        }
    }
}
