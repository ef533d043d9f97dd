package import Domain
package import Endpoints
import Glibc

/// What every endpoint must do, whatever stands behind it. Run each case against each implementation.
package struct EndpointConformance: Sendable, CustomStringConvertible {
    /// The endpoint under test with a folder of its own.
    package struct Subject: Sendable {
        package var endpoint: any Endpoint
        /// The endpoint's home on this machine, so that a case can do what only a server's owner can.
        package var home: String
        /// Relative to the home, existing, empty, for this case alone.
        package var folder: String

        package init(endpoint: any Endpoint, home: String, folder: String) {
            self.endpoint = endpoint
            self.home = home
            self.folder = folder
        }

        var local: String { "\(home)/\(folder)" }

        func path(_ name: String, in subfolder: String? = nil) -> RemotePath {
            RemotePath(folder: subfolder.map { "\(folder)/\($0)" } ?? folder, name: name)
        }
    }

    package let description: String
    package let run: @Sendable (Subject) async throws -> Void

    init(_ description: String, _ run: @escaping @Sendable (Subject) async throws -> Void) {
        self.description = description
        self.run = run
    }

    /// Runs `body` in one session of the subject's endpoint.
    static func session(
        _ description: String,
        _ body: @escaping @Sendable (any EndpointSession, Subject) throws -> Void
    ) -> EndpointConformance {
        EndpointConformance(description) { subject in
            try await subject.endpoint.withSession { try body($0, subject) }
        }
    }

    package static let cases = reading + changing + refusing
}

extension EndpointSession {
    package func put(_ path: RemotePath, _ content: [UInt8]) throws {
        try content.withUnsafeBytes { try put(path, $0) }
    }

    package func content(of path: RemotePath) throws -> [UInt8] {
        var content: [UInt8] = []
        try read(path) { content.append(contentsOf: $0) }
        return content
    }

    package func names(in folder: String) throws -> [String] {
        var names: [String] = []
        try list(folder: folder) { names.append(Escaped($0.name).description) }
        return names.sorted()
    }
}

/// - Throws: `ConformanceFailure` unless `body` throws a diagnostic of this code and kind, whose fix is not empty.
package func demandDiagnostic(_ code: String, _ kind: FailureKind = .permanent, from body: () throws -> Void) throws {
    do {
        try body()
    } catch let diagnostic as Diagnostic {
        try demand(diagnostic.code, equals: code, "code of \(diagnostic)")
        try demand(diagnostic.kind, equals: kind, "kind of \(diagnostic)")
        try demand(diagnostic.fix.isEmpty, equals: false, "fix of \(diagnostic)")
        return
    }
    throw ConformanceFailure(description: "\(code) expected, but nothing was thrown")
}
