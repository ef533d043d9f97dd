package import Domain
import Synchronization

/// Tries again what failed for the moment: connecting, and a session that had changed nothing yet.
///
/// Never tries again after a refused login (accounts lock, F11), after any change to the endpoint was begun (its effect
/// may be there), or a failure that will stay.
package struct RetryingEndpoint: Endpoint {
    private let base: any Endpoint
    private let backoff: Backoff
    private let timeline: Timeline

    package init(_ base: any Endpoint, backoff: Backoff = Backoff(), timeline: Timeline) {
        self.base = base
        self.backoff = backoff
        self.timeline = timeline
    }

    package var name: String { base.name }
    package var sessionLimit: Int { base.sessionLimit }

    package func withSession<Result: Sendable>(
        _ body: @escaping @Sendable (any EndpointSession) throws -> Result
    ) async throws -> Result {
        var attempt = 1
        while true {
            let effects = Effects()
            do {
                return try await base.withSession { try body(WatchedSession($0, effects)) }
            } catch let failure as Diagnostic {
                guard failure.kind.mayBeTriedAgain, !effects.hasBegun, attempt < backoff.attempts else { throw failure }
                let chance = timeline.randomBytes(1).first ?? 255
                try await timeline.sleep(failure.kind.requestedDelay ?? backoff.wait(after: attempt, chance: chance))
                attempt += 1
            }
        }
    }
}

extension FailureKind {
    var mayBeTriedAgain: Bool {
        switch self {
        case .transient, .throttled: true
        case .permanent, .ambiguous, .unauthorised: false
        }
    }

    fileprivate var requestedDelay: Duration? {
        if case .throttled(let wait) = self { wait } else { nil }
    }
}

/// Whether a session has begun to change anything.
private final class Effects: Sendable {
    private let flag = Atomic(false)

    var hasBegun: Bool { flag.load(ordering: .acquiring) }
    func begin() { flag.store(true, ordering: .releasing) }
}

/// Passes everything on and notes the first change.
private struct WatchedSession: EndpointSession {
    let base: any EndpointSession
    let effects: Effects

    init(_ base: any EndpointSession, _ effects: Effects) {
        self.base = base
        self.effects = effects
    }

    var capabilities: EndpointCapabilities { base.capabilities }

    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws { try base.list(folder: folder, visit) }
    func stat(_ path: RemotePath) throws -> RemoteFile? { try base.stat(path) }

    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile? {
        try base.read(path, accept: accept, chunk)
    }

    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws {
        effects.begin()
        try base.put(path, bytes)
    }

    func rename(_ path: RemotePath, to target: RemotePath) throws {
        effects.begin()
        try base.rename(path, to: target)
    }

    func replace(_ path: RemotePath, with source: RemotePath) throws {
        effects.begin()
        try base.replace(path, with: source)
    }

    func remove(_ path: RemotePath) throws {
        effects.begin()
        try base.remove(path)
    }

    func makeFolder(_ folder: String) throws {
        effects.begin()
        try base.makeFolder(folder)
    }
}
