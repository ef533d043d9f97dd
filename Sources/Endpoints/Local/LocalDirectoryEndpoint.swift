internal import Domain
import Glibc

/// A directory of this machine (or a share mounted on it) as an endpoint.
package struct LocalDirectoryEndpoint: Endpoint {
    package let name: String
    package let sessionLimit = 1
    private let settings: LocalSettings

    package init(name: String, settings: LocalSettings) {
        self.name = name
        self.settings = settings
    }

    package func withSession<Result: Sendable>(
        _ body: @escaping @Sendable (any EndpointSession) throws -> Result
    ) async throws -> Result {
        let stop = SessionStop()
        let (name, root, mount) = (name, settings.root, settings.mount)
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
            return try body(LocalDirectorySession(place: name, root: opened, stop: stop))
        }
    }
}
