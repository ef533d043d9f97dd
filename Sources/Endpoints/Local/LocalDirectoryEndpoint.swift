package import Domain
import Glibc

/// A directory of this machine (or a share mounted on it) as an endpoint.
package struct LocalDirectoryEndpoint: Endpoint {
    package let name: String
    package let sessionLimit = 1
    private let settings: LocalSettings
    private let memory: ProbeMemory?

    /// - Parameter memory: what is known of the folder, and when it is probed; without it nothing is.
    package init(name: String, settings: LocalSettings, memory: ProbeMemory? = nil) {
        self.name = name
        self.settings = settings
        self.memory = memory
    }

    package func withSession<Result: Sendable>(
        _ body: @escaping @Sendable (any EndpointSession) throws -> Result
    ) async throws -> Result {
        let (memory, folder) = (memory, settings.probeFolder)
        return try await withDirectory { session in
            if let memory { session.work(by: try memory.findings(of: session, folder: folder)) }
            return try body(session)
        }
    }

    /// As `SFTPEndpoint.probe(keeping:silence:)`.
    package func probe(keeping memory: ProbeMemory) async throws -> ServerProbe? {
        let folder = settings.probeFolder
        return try await withDirectory { try memory.probe($0, folder: folder) }
    }

    private func withDirectory<Result: Sendable>(_ body: @escaping @Sendable (LocalDirectorySession) throws -> Result) async throws -> Result {
        let stop = SessionStop()
        let (name, root, mount, identity) = (name, settings.root, settings.mount, settings.identity)
        @Sendable func demandMount() throws {
            if let mount, try !MountTable.holds(mount) { throw EndpointFault.mountAway(mount, at: name) }
        }
        return try await SessionThread.run(named: "local \(name)", stop: stop) {
            try demandMount()
            guard let number = try OwnFile.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) else {
                throw access(root, F_OK) == 0
                    ? EndpointFault.denied(.list, root, at: name)
                    : EndpointFault.missingFolder(root, at: name)
            }
            let opened = Descriptor(owning: number)
            // What was opened in the moment between may be the folder below the share.
            try demandMount()
            return try body(LocalDirectorySession(place: name, root: opened, stop: stop, identity: identity))
        }
    }
}
