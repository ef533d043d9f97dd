import Domain
import Endpoints
import Glibc
import Synchronization
import TestKit
import Testing

/// The endpoints that the conformance suite runs on.
enum EndpointUnderTest: String, CaseIterable, CustomTestStringConvertible {
    case local
    case sftp
    /// The same server by the second transport.
    case openSSH

    var testDescription: String { rawValue }

    /// An endpoint with a fresh folder, and what must live as long as it is used.
    func subject() async throws -> (subject: EndpointConformance.Subject, keeping: TemporaryFolder?) {
        switch self {
        case .local:
            let home = TemporaryFolder()
            let endpoint = LocalDirectoryEndpoint(name: "erp", settings: LocalSettings(root: home.path))
            return (try await Self.prepare(endpoint, home: home.path), home)
        case .sftp, .openSSH:
            let server = try SSHServer.shared.get()
            let endpoint = try SFTPEndpoint.to(server, transport: self == .sftp ? .libSSH2 : .openSSH)
            return (try await Self.prepare(endpoint, home: server.home.path), nil)
        }
    }

    private static let folders = Atomic(0)

    static func prepare(_ endpoint: any Endpoint, home: String) async throws -> EndpointConformance.Subject {
        try await endpoint.withSession { try prepare(endpoint, home: home, $0) }
    }

    static func prepare(_ endpoint: any Endpoint, home: String, _ session: any EndpointSession) throws -> EndpointConformance.Subject {
        let folder = "case-\(folders.add(1, ordering: .relaxed).newValue)"
        try session.makeFolder(folder)
        return EndpointConformance.Subject(endpoint: endpoint, home: home, folder: folder)
    }
}

extension SFTPEndpoint {
    /// An endpoint for a test server; `port` where something stands between.
    static func to(
        _ server: SSHServer,
        port: Int? = nil,
        authentication: SFTPSettings.Authentication? = nil,
        hostKeys: SFTPSettings.HostKeys? = nil,
        deadlines: SFTPSettings.Deadlines = .init(connect: .seconds(20), idle: .seconds(20)),
        algorithms: AlgorithmPolicy = .current,
        legacyUntil: CivilDate? = nil,
        connections: Int = SFTPSettings.standardConnections,
        transport: SFTPSettings.Transport = .libSSH2,
        sshConfig: String? = nil,
        probeFolder: String? = nil,
        timeline: Timeline = .system,
        calls: LibSSH2Calls = .library,
        memory: ProbeMemory? = nil,
        keepAlive: Duration? = SFTPSettings.standardKeepAlive,
        loginFailures: Int = SFTPSettings.standardLoginFailures,
        slots: ConnectionSlots? = nil,
        logins: LoginMemory? = nil
    ) throws -> SFTPEndpoint {
        let pins = try server.hostKeys.map { try #require(HostKeyFingerprint($0.fingerprint())) }
        let settings = SFTPSettings(
            host: "127.0.0.1",
            port: port ?? server.port,
            user: server.user,
            authentication: authentication ?? .key(Secret(server.keys.ed25519.privateText), passphrase: nil),
            hostKeys: hostKeys ?? .pinned(pins),
            deadlines: deadlines,
            algorithms: algorithms,
            legacyUntil: legacyUntil,
            connections: connections,
            transport: transport,
            sshConfig: sshConfig,
            probeFolder: probeFolder,
            keepAlive: keepAlive,
            loginFailures: loginFailures
        )
        return SFTPEndpoint(name: "erp", settings: settings, timeline: timeline, calls: calls, memory: memory, slots: slots, logins: logins)
    }
}

extension SFTPSettings.Transport: CustomTestStringConvertible {
    public var testDescription: String { rawValue }
}

/// The diagnostic that `body` throws; a test failure where it throws none.
func diagnostic(
    sourceLocation: SourceLocation = #_sourceLocation,
    from body: () async throws -> Void
) async throws -> Diagnostic {
    let error = await #expect(throws: Diagnostic.self, sourceLocation: sourceLocation) { try await body() }
    return try #require(error, sourceLocation: sourceLocation)
}
