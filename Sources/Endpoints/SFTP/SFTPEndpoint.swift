package import Domain

/// An account on an SFTP server.
package struct SFTPEndpoint: Endpoint {
    package let name: String
    private let settings: SFTPSettings
    private let timeline: Timeline
    private let calls: LibSSH2Calls

    package var sessionLimit: Int { settings.connections }

    package init(name: String, settings: SFTPSettings, timeline: Timeline, calls: LibSSH2Calls = .library) {
        self.name = name
        self.settings = settings
        self.timeline = timeline
        self.calls = calls
    }

    package func withSession<Result: Sendable>(
        _ body: @escaping @Sendable (any EndpointSession) throws -> Result
    ) async throws -> Result {
        let stop = SessionStop()
        let settings = settings.holding(at: timeline.now())
        let connector: any SFTPConnecting =
            switch settings.transport {
            case .libSSH2: LibSSH2Connector(place: name, settings: settings, calls: calls, timeline: timeline, stop: stop)
            case .openSSH: OpenSSHConnector(place: name, settings: settings, timeline: timeline, stop: stop)
            }
        return try await SessionThread.run(named: "sftp \(name)", stop: stop) {
            let session = SFTPSession(try connector.connect(), connector: connector)
            defer { session.close() }
            return try body(session)
        }
    }
}
