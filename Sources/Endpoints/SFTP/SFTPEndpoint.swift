package import Domain
import Synchronization

/// An account on an SFTP server.
package struct SFTPEndpoint: Endpoint {
    package let name: String
    private let settings: SFTPSettings
    private let timeline: Timeline
    private let calls: LibSSH2Calls
    private let memory: ProbeMemory?
    private let slots: ConnectionSlots?
    private let logins: LoginMemory?

    package var sessionLimit: Int { min(settings.connections, settings.hostConnections) }

    /// - Parameters:
    ///   - memory: what is known of the server, and when it is probed; without it nothing is.
    ///   - slots: how many connections may be open beside those of others; without it as many as are asked for.
    ///   - logins: what others know of the account's logins; without it each is tried.
    package init(
        name: String, settings: SFTPSettings, timeline: Timeline, calls: LibSSH2Calls = .library, memory: ProbeMemory? = nil,
        slots: ConnectionSlots? = nil, logins: LoginMemory? = nil
    ) {
        self.memory = memory
        self.slots = slots
        self.logins = logins
        self.name = name
        self.settings = settings
        self.timeline = timeline
        self.calls = calls
    }

    package func withSession<Result: Sendable>(
        _ body: @escaping @Sendable (any EndpointSession) throws -> Result
    ) async throws -> Result {
        let (memory, folder) = (memory, settings.probeFolder)
        return try await withSFTP(settings) { session in
            if let memory { session.work(by: try memory.findings(of: session, folder: folder)) }
            return try body(session)
        }
    }

    /// Probes the server now, whatever is known of it, and keeps what is found in `memory`.
    /// - Parameter silence: how long a connection is left without a word, to see whether it is cut.
    /// - Throws: a `Diagnostic` where no session could be made or it was lost.
    /// - Returns: `nil` where another process is probing it.
    package func probe(keeping memory: ProbeMemory, silence: Duration? = nil) async throws -> ServerProbe? {
        let folder = settings.probeFolder
        var settings = settings
        // A silence that shows signs of life is none.
        if silence != nil { settings.keepAlive = nil }
        return try await withSFTP(settings) { session in
            guard let probe = try memory.probe(session, folder: folder) else { return nil }
            guard let silence else { return probe }
            return try memory.keep(try session.staySilent(for: silence), of: session, in: probe)
        }
    }

    private func withSFTP<Result: Sendable>(
        _ settings: SFTPSettings, _ body: @escaping @Sendable (SFTPSession) throws -> Result
    ) async throws -> Result {
        let stop = SessionStop()
        let settings = settings.holding(at: timeline.now())
        let connector: any SFTPConnecting =
            switch settings.transport {
            case .libSSH2: LibSSH2Connector(place: name, settings: settings, calls: calls, timeline: timeline, stop: stop)
            case .openSSH: OpenSSHConnector(place: name, settings: settings, timeline: timeline, stop: stop)
            }
        let slot = try await slots?.take(host: settings.host, port: settings.port, place: name)
        defer { slot?.release() }
        let (logins, login) = (logins, try await logins?.prepare(settings, place: name))
        let turn = LoginTurn(login)
        defer { turn.end() }
        return try await SessionThread.run(named: "sftp \(name)", stop: stop) {
            let channel: any SFTPChannel
            do {
                channel = try connector.connect()
            } catch {
                if let refusal = error as? Diagnostic { try logins?.note(settings, refusal) }
                throw error
            }
            let session = SFTPSession(channel, connector: connector, settingsMark: settings.probeMark)
            defer { session.close() }
            try logins?.note(settings, nil)
            turn.end()
            return try body(session)
        }
    }
}

/// The turn to log in, given on as soon as it is known how the login ended.
private final class LoginTurn: Sendable {
    private let lock: Mutex<MachineLock?>

    init(_ lock: MachineLock?) { self.lock = Mutex(lock) }

    func end() {
        lock.withLock { lock in
            lock?.release()
            lock = nil
        }
    }
}
