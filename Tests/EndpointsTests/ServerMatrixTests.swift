import Domain
import Endpoints
import Foundation
import Glibc
import TestKit
import Testing

/// The servers that the conformance suite runs on, by both transports. The table in docs/testing.md is what comes out.
struct ServerMatrixTests {
    enum Server: String, CaseIterable, Sendable {
        case openSSH = "OpenSSH as it comes"
        case chroot = "OpenSSH, chroot with internal-sftp"
        case rsa = "OpenSSH, RSA host key and RSA user key only"
        case old = "OpenSSH, old algorithms only, allowed by name"
        case asyncSSH = "asyncssh"
        case noTime = "says no times"
        case noSize = "says no sizes"
        case noType = "says no kinds"
        case bare = "permissions without the kind"
        case reordered = "answers reads in another order"
        case short = "answers reads short"
        case pages = "lists one entry at a time"
        case overwriting = "overwrites in renames"

        var habit: String? {
            switch self {
            case .noTime: "no-time"
            case .noSize: "no-size"
            case .noType: "no-type"
            case .bare: "bare-permissions"
            case .reordered: "reordered"
            case .short: "short-reads"
            case .pages: "page-of-one"
            case .overwriting: "overwriting-rename"
            case .openSSH, .chroot, .rsa, .old, .asyncSSH: nil
            }
        }

        var transports: [SFTPSettings.Transport] { self == .rsa || self == .short ? [.openSSH] : [.libSSH2, .openSSH] }

        /// Why the machine cannot run it; `nil` where it can.
        var lack: String? {
            switch self {
            case .chroot: SSHServer.isIsolated ? nil : "needs root"
            case .asyncSSH: AsyncSSHServer.isPresent ? nil : "needs scripts/python.sh"
            case .openSSH, .rsa, .old: nil
            default: QuirkyServer.isPresent ? nil : "needs /usr/bin/python3"
            }
        }

        /// What such a server cannot show, and why.
        var exceptions: [String: String] {
            let listing = "a listing shows each entry once with size, time and kind, and leaves out . and .."
            let links = "F24 a link, a pipe and a folder are not read, and do not hang"
            let broken = "stat of a name that is not there is nil, and of a broken link is the link"
            return switch self {
            case .noSize:
                [
                    listing: "it says no size", "pieces are at most 1 MiB and a reader may stop in the middle": "it says no size",
                    "F13 a rename is settled by looking at both names": "without sizes other bytes of another length are not seen by looking",
                ]
            case .noType, .bare:
                [
                    listing: "its kinds are found out by looking", links: "a link cannot be told from a file",
                    broken: "a link cannot be told from a file",
                ]
            default: [:]
            }
        }

        func start() throws -> Running {
            var options = SSHServer.Options()
            switch self {
            case .asyncSSH: return .asyncSSH(try AsyncSSHServer())
            case .openSSH: break
            case .chroot: options.isChrooted = true
            case .rsa: options.hostKeys = [.rsa]
            case .old: options.configuration = ["KexAlgorithms diffie-hellman-group14-sha1", "MACs hmac-sha1", "Ciphers aes128-ctr"]
            default: return .sshd(try QuirkyServer.start([habit ?? ""]))
            }
            return .sshd(try SSHServer(options))
        }
    }

    enum Running: Sendable {
        case sshd(SSHServer)
        case asyncSSH(AsyncSSHServer)
    }

    private func endpoint(_ kind: Server, _ running: Running, _ transport: SFTPSettings.Transport) throws -> (any Endpoint, home: String) {
        switch running {
        case .sshd(let server):
            let key = kind == .rsa ? server.keys.rsa : server.keys.ed25519
            let algorithms = kind == .old ? AlgorithmPolicy.current.allowing(["diffie-hellman-group14-sha1", "hmac-sha1"]) : .current
            let endpoint = try SFTPEndpoint.to(
                server, authentication: .key(Secret(key.privateText), passphrase: nil), algorithms: algorithms, transport: transport)
            return (endpoint, kind == .chroot ? "\(server.home.path)/in" : server.home.path)
        case .asyncSSH(let server):
            let settings = SFTPSettings(
                host: "127.0.0.1", port: server.port, user: "erp", authentication: .key(Secret(server.key.privateText), passphrase: nil),
                hostKeys: .pinned([try #require(HostKeyFingerprint(server.hostKey.fingerprint()))]),
                deadlines: .init(connect: .seconds(20), idle: .seconds(20)), transport: transport
            )
            return (SFTPEndpoint(name: "erp", settings: settings, timeline: .system), server.home.path)
        }
    }

    /// The behaviours that a server does not show, with what was found.
    private func failures(_ kind: Server, _ transport: SFTPSettings.Transport) async throws -> [String: String] {
        let running = try kind.start()
        let (endpoint, home) = try endpoint(kind, running, transport)
        var failures: [String: String] = [:]
        for conformance in EndpointConformance.cases {
            let subject = try await EndpointUnderTest.prepare(endpoint, home: home)
            do { try await conformance.run(subject) } catch { failures[conformance.description] = "\(error)" }
        }
        return failures
    }

    @Test(arguments: Server.allCases.flatMap { server in server.transports.map { (server, $0) } })
    func `every server shows every behaviour but those that its kind excludes`(_ server: Server, _ transport: SFTPSettings.Transport) async throws {
        if let lack = server.lack { try Test.cancel("\(server.rawValue) \(lack)") }

        let failures = try await failures(server, transport)

        for (behaviour, found) in failures where server.exceptions[behaviour] == nil {
            Issue.record("\(server.rawValue) by \(transport.rawValue): \(behaviour): \(found)")
        }
        for behaviour in server.exceptions.keys where failures[behaviour] == nil {
            Issue.record("\(server.rawValue) by \(transport.rawValue) shows all the same: \(behaviour)")
        }
    }

    @Test func `the matrix of servers in the documentation is the one that the tests run`() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/testing.md")
        let document = try String(contentsOf: page, encoding: .utf8)
        let start = try #require(document.range(of: "<!-- servers: start -->\n"))
        let end = try #require(document.range(of: "<!-- servers: end -->"))

        if ProcessInfo.processInfo.environment["GOLDEN"] == "write" {
            try Data((document[..<start.upperBound] + Self.table + document[end.lowerBound...]).utf8).write(to: page)
        } else {
            #expect(document[start.upperBound..<end.lowerBound] == Self.table, "make golden writes it anew")
        }
    }

    private static var table: String {
        let all = EndpointConformance.cases.count
        let rows = Server.allCases.map { server in
            let transports = server.transports.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            let reasons = server.exceptions.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: "; ")
            return "| \(server.rawValue) | \(transports) | \(all - server.exceptions.count) of \(all) | \(reasons) |"
        }
        let behaviours = EndpointConformance.cases.map { "* \($0.description)" }
        return """
            | server | transports | behaviours | not shown, and why |
            | --- | --- | --- | --- |
            \(rows.joined(separator: "\n"))

            The behaviours:

            \(behaviours.joined(separator: "\n"))

            """
    }
}
