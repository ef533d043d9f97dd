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

        /// Writes a file over in place, as its sender does on the server: it keeps its owner, whoever we are.
        func overwrite(_ name: String, _ content: [UInt8]) {
            let descriptor = open("\(local)/\(name)", O_WRONLY | O_TRUNC | O_CLOEXEC)
            precondition(descriptor >= 0, "no file \(name) to write over: \(String(cString: strerror(errno)))")
            defer { close(descriptor) }
            precondition(Glibc.write(descriptor, content, content.count) == content.count, "\(name) could not be written over")
        }

        /// Sets a file's times, in seconds since 1970.
        func setTime(_ name: String, _ seconds: Int) {
            let time = timespec(tv_sec: seconds, tv_nsec: 0)
            precondition(utimensat(AT_FDCWD, "\(local)/\(name)", [time, time], 0) == 0, "no time for \(name)")
        }

        /// The names that the server's own machine sees, as bytes.
        func localNames() -> Set<[UInt8]> {
            var names: Set<[UInt8]> = []
            guard let stream = opendir(local) else { return names }
            defer { closedir(stream) }
            while let entry = readdir(stream) { names.insert(withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }) }
            return names.subtracting([Array(".".utf8), Array("..".utf8)])
        }

        func path(_ name: String, in subfolder: String? = nil) -> RemotePath {
            RemotePath(folder: subfolder.map { "\(folder)/\($0)" } ?? folder, name: name)
        }
    }

    package let description: String
    /// Whether the case takes rights away, which means nothing to an endpoint that works as root.
    package let needsRights: Bool
    package let body: Body

    package enum Body: Sendable {
        /// Needs one session, which cases may share: each has a folder of its own.
        case session(@Sendable (any EndpointSession, Subject) throws -> Void)
        /// Opens its sessions itself.
        case endpoint(@Sendable (Subject) async throws -> Void)
    }

    init(_ description: String, _ run: @escaping @Sendable (Subject) async throws -> Void) {
        self.description = description
        needsRights = false
        body = .endpoint(run)
    }

    private init(session description: String, needsRights: Bool, _ body: @escaping @Sendable (any EndpointSession, Subject) throws -> Void) {
        self.description = description
        self.needsRights = needsRights
        self.body = .session(body)
    }

    /// Runs `body` in one session of the subject's endpoint.
    static func session(
        _ description: String, needsRights: Bool = false, _ body: @escaping @Sendable (any EndpointSession, Subject) throws -> Void
    ) -> EndpointConformance {
        EndpointConformance(session: description, needsRights: needsRights, body)
    }

    package func run(_ subject: Subject) async throws {
        switch body {
        case .session(let body): try await subject.endpoint.withSession { try body($0, subject) }
        case .endpoint(let body): try await body(subject)
        }
    }

    package static let cases =
        reading + listing + attributes + transfers + changing + writing + moving + removing + rights + settling + refusing + beside
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
