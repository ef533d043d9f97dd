package import Domain
package import Endpoints

/// Notes the times of files at an endpoint: one ahead of our clock tells that the two clocks differ.
package struct ClockedEndpoint: Endpoint {
    private let wrapped: any Endpoint
    private let board: SignalBoard
    private let timeline: Timeline
    /// Beyond that it is the file's stamp that is wrong, and not a clock.
    private static let believable = Duration.seconds(86_400)

    package init(_ wrapped: any Endpoint, board: SignalBoard, timeline: Timeline) {
        self.wrapped = wrapped
        self.board = board
        self.timeline = timeline
    }

    package var name: String { wrapped.name }
    package var sessionLimit: Int { wrapped.sessionLimit }

    package func withSession<Result: Sendable>(
        _ body: @escaping @Sendable (any EndpointSession) throws -> Result
    ) async throws -> Result {
        let name = name
        let board = board
        let limit = timeline.now().adding(Self.believable)
        return try await wrapped.withSession { session in
            try body(ClockedSession(base: session) { if $0 < limit { board.fileTime($0, endpoint: name) } })
        }
    }
}

private struct ClockedSession: EndpointSession {
    let base: any EndpointSession
    let note: (UTCInstant) -> Void

    var capabilities: EndpointCapabilities { base.capabilities }

    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws {
        var newest = UTCInstant(milliseconds: 0)
        try base.list(folder: folder) { file in
            if file.kind == .regular { newest = max(newest, file.modified) }
            try visit(file)
        }
        note(newest)
    }

    func stat(_ path: RemotePath) throws -> RemoteFile? { try base.stat(path) }

    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile? {
        try base.read(path, accept: accept, chunk)
    }

    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws { try base.put(path, bytes) }
    func rename(_ path: RemotePath, to target: RemotePath) throws { try base.rename(path, to: target) }
    func replace(_ path: RemotePath, with source: RemotePath) throws { try base.replace(path, with: source) }
    func remove(_ path: RemotePath) throws { try base.remove(path) }
    func makeFolder(_ folder: String) throws { try base.makeFolder(folder) }
}
