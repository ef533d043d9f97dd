import Domain
import Endpoints
import Engine
import Foundation
import StateStore

/// Endpoints, and what is known of their servers.
extension Assembly {
    func endpoint(_ name: String) throws -> any Endpoint { try endpoint(name, secrets: secrets.secret) }

    /// - Parameters:
    ///   - secrets: resolves what is secret; `lint` looks at the form alone.
    ///   - ledger: has what is known of the server and of the account; without it nothing is, and connections are not counted.
    func endpoint(
        _ name: String, secrets: (SettingNode) throws -> Secret, ledger: Ledger? = nil, caller: LoginMemory.Caller = .flow
    ) throws -> any Endpoint {
        let memory = try ledger.map { try probeMemory(of: name, $0, probing) }
        switch try endpointSettings(name, secrets: secrets) {
        case .sftp(let settings):
            let endpoint = try sftpEndpoint(name, settings, ledger, caller, memory)
            return ClockedEndpoint(watched(RetryingEndpoint(endpoint, timeline: timeline)), board: board, timeline: timeline)
        case .local(let settings):
            return watched(LocalDirectoryEndpoint(name: name, settings: settings, memory: memory))
        }
    }

    private func sftpEndpoint(
        _ name: String, _ given: SFTPSettings, _ ledger: Ledger?, _ caller: LoginMemory.Caller, _ memory: ProbeMemory? = nil
    ) throws -> SFTPEndpoint {
        guard let ledger else { return SFTPEndpoint(name: name, settings: given, timeline: timeline, memory: memory) }
        var sftp = given
        sftp.hostConnections = hostConnections(of: given)
        let folder = try lockFolder()
        let logins = LoginMemory(caller, folder: folder, timeline: timeline) { account in
            try ledger.read { try $0.lastLogin(of: account) }
        } keep: { account, login in
            try ledger.write(.signs) { try $0.record(login, of: account) }
        }
        return SFTPEndpoint(
            name: name, settings: sftp, timeline: timeline, memory: memory,
            slots: ConnectionSlots(folder: folder, limit: sftp.hostConnections, timeline: timeline), logins: logins)
    }

    /// The lowest of those who name the same host.
    private func hostConnections(of settings: SFTPSettings) -> Int {
        let others = serverNames.compactMap { name -> Int? in
            guard case .sftp(let other) = try? endpointSettings(name, secrets: Self.unread), other.port == settings.port,
                other.host.lowercased() == settings.host.lowercased()
            else { return nil }
            return other.hostConnections
        }
        return others.min() ?? settings.hostConnections
    }

    /// Files that are locked and never written to.
    private func lockFolder() throws -> String {
        let folder = "\(settings.stateFolder)/locks"
        try prepareFolder(folder)
        return folder
    }

    enum EndpointSettings {
        case sftp(SFTPSettings)
        case local(LocalSettings)

        /// As `ServerProbe.Identity.settings` of a probe by these settings.
        var probeMark: String {
            switch self {
            case .sftp(let settings): settings.probeMark
            case .local(let settings): settings.identity.settings
            }
        }
    }

    func endpointSettings(_ name: String, secrets: (SettingNode) throws -> Secret) throws -> EndpointSettings {
        guard let node = settings.root["endpoints"]?[name] else {
            throw Diagnostic("ENDPOINT-UNKNOWN", "there is no endpoint \(Escaped(name))", fix: "name it under endpoints")
        }
        guard (node["sftp"] == nil) != (node["local"] == nil) else {
            throw node.invalid(
                node["sftp"] == nil ? "is neither sftp nor local" : "is both sftp and local",
                fix: "write one of sftp: {host: HOST, user: USER, …} and local: {root: FOLDER} under endpoint \(name)")
        }
        if let sftp = node["sftp"] { return .sftp(try SFTPSettings(sftp, secrets: secrets)) }
        return .local(try LocalSettings(node["local"] ?? node, relativeTo: settings.folder))
    }

    // MARK: Probes

    /// Probes the server of an endpoint now. `nil` where another process is at it.
    func probe(_ name: String, _ ledger: Ledger, silence: Duration? = nil) async throws -> ServerProbe? {
        let memory = try probeMemory(of: name, ledger, .never)
        switch try endpointSettings(name, secrets: secrets.secret) {
        case .sftp(let settings):
            return try await sftpEndpoint(name, settings, ledger, .person).probe(keeping: memory, silence: silence)
        case .local(let settings): return try await LocalDirectoryEndpoint(name: name, settings: settings).probe(keeping: memory)
        }
    }

    private func probeMemory(of name: String, _ ledger: Ledger, _ occasion: ProbeMemory.Occasion) throws -> ProbeMemory {
        let mark = ContentHash(of: Array("\(try ledger.read { try $0.identity() } ?? "")\n\(name)".utf8))
        let timeline = timeline
        return ProbeMemory(
            occasion, names: ProbeNames(mark: mark), lockPath: "\(try lockFolder())/probe-\(mark.short).lock", timeline: timeline
        ) { identity in
            try ledger.read { try $0.serverProbe(of: name, identity) }?.probe
        } keep: { probe in
            try ledger.write(.signs) { try $0.record(probe, of: name, at: timeline.now()) }
        }
    }

    /// The endpoints of the settings, for `status`; one whose settings cannot be read is `lint`'s business.
    var probeMarks: [(name: String, settings: String)] {
        (settings.root["endpoints"]?.map ?? []).compactMap { name, _ in
            (try? endpointSettings(name, secrets: Self.unread)).map { (name, $0.probeMark) }
        }
    }
}
