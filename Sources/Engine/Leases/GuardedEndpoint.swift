import Domain
import Endpoints

/// An endpoint at which nothing is changed without the proof that the work is still ours, taken directly before each change. A
/// change under way is cut off with its session when the proof runs out.
struct GuardedEndpoint: Endpoint {
    let wrapped: any Endpoint
    let callGuard: any CallGuard

    var name: String { wrapped.name }
    var sessionLimit: Int { wrapped.sessionLimit }

    func withSession<Result: Sendable>(_ body: @escaping @Sendable (any EndpointSession) throws -> Result) async throws -> Result {
        let (wrapped, callGuard) = (wrapped, callGuard)
        let (result, wasCut) = await CutLine.around { line in
            try await wrapped.withSession { try body(GuardedSession(base: $0, callGuard: callGuard, line: line)) }
        }
        if wasCut, case .failure(is CancellationError) = result {
            throw Diagnostic(
                "LEASE-STALE", "a change at \(name) was cut off: this process could not renew its hold on the work in time",
                fix: "the next run looks what was done and continues; if it comes again, look at the disk of the state folder", kind: .ambiguous)
        }
        return try result.get()
    }
}

extension Endpoint {
    /// For work that is done under a lease.
    func guarded(by callGuard: any CallGuard) -> any Endpoint { GuardedEndpoint(wrapped: self, callGuard: callGuard) }
}

private struct GuardedSession: EndpointSession {
    let base: any EndpointSession
    let callGuard: any CallGuard
    let line: CutLine

    var capabilities: EndpointCapabilities { base.capabilities }

    private func change<Result>(_ body: () throws -> Result) throws -> Result {
        try callGuard.proveNow()
        let line = line
        let end = callGuard.watch { line.cut() }
        defer { end() }
        return try body()
    }

    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws { try base.list(folder: folder, visit) }
    func stat(_ path: RemotePath) throws -> RemoteFile? { try base.stat(path) }

    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile? {
        try base.read(path, accept: accept, chunk)
    }

    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws { try change { try base.put(path, bytes) } }
    func rename(_ path: RemotePath, to target: RemotePath) throws { try change { try base.rename(path, to: target) } }
    func replace(_ path: RemotePath, with source: RemotePath) throws { try change { try base.replace(path, with: source) } }
    func remove(_ path: RemotePath) throws { try change { try base.remove(path) } }
    func makeFolder(_ folder: String) throws { try change { try base.makeFolder(folder) } }
}
