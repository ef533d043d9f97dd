import Domain
import Endpoints
import Foundation
import Glibc
import Synchronization
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
        case paramiko = "paramiko"
        case proFTPD = "ProFTPD with mod_sftp"
        case dropbear = "Dropbear with sftp-server"
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
            case .openSSH, .chroot, .rsa, .old, .asyncSSH, .paramiko, .proFTPD, .dropbear: nil
            }
        }

        var other: OtherServer.Kind? {
            switch self {
            case .asyncSSH: .asyncSSH
            case .paramiko: .paramiko
            case .proFTPD: .proFTPD
            case .dropbear: .dropbear
            default: nil
            }
        }

        var transports: [SFTPSettings.Transport] { self == .rsa || self == .short ? [.openSSH] : [.libSSH2, .openSSH] }

        /// Why the machine cannot run it; `nil` where it can.
        var lack: String? {
            switch self {
            case .chroot: SSHServer.isIsolated ? nil : "needs root"
            case .openSSH, .rsa, .old: nil
            default: if let other { other.lack } else { QuirkyServer.isPresent ? nil : "needs /usr/bin/python3" }
            }
        }

        /// What such a server cannot show, and why.
        var exceptions: [String: String] {
            let listing = "a listing shows each entry once with size, time and kind, and leaves out . and .."
            let links = "F24 a link, a pipe and a folder are not read, and do not hang"
            let toFolder = "a link to a folder is a link"
            let raw = "F23 names are raw bytes: what is no UTF-8 comes as it is"
            return switch self {
            case .noTime:
                [
                    "times are those of the server, to the second: 1971, 2001, today, 2037": "it says no time",
                    "two writings of one size at different times are two instances": "told apart by their bytes instead",
                ]
            case .noSize:
                [
                    listing: "it says no size", "pieces are at most 1 MiB and a reader may stop in the middle": "it says no size",
                    "F13 a rename is settled by looking at both names": "without sizes other bytes of another length are not seen by looking",
                    "a file that is written on shows its new size at the next look": "it says no size",
                    "an empty file has the size 0, and is a file": "it says no size", "a file of 5 GiB shows its size": "it says no size",
                    "F29 a file that was written on while it was read shows it afterwards": "it says no size",
                ]
            case .noType, .bare:
                [
                    listing: "its kinds are found out by looking", links: "a link cannot be told from a file",
                    "stat of a name that is not there is nil, and of a broken link is the link": "a link cannot be told from a file",
                    toFolder: "a link cannot be told from what it leads to",
                ]
            case .paramiko:
                [
                    raw: "it refuses names that are no UTF-8",
                    "F23 names of any bytes are renamed, replaced and removed as they are": "it refuses names that are no UTF-8",
                ]
            case .proFTPD:
                [
                    links: "a look follows links there", toFolder: "a look follows links there",
                    "a replaced link leaves what it led to": "a rename follows links there",
                    "F18 a folder that is missing, a file or a link is an error, not an empty listing": "a look follows links there",
                ]
            default: [:]
            }
        }

        func start() throws -> Running {
            if let other { return .other(try OtherServer(other)) }
            var options = SSHServer.Options()
            switch self {
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
        case other(OtherServer)
    }

    private func endpoint(_ kind: Server, _ running: Running, _ transport: SFTPSettings.Transport) throws -> (any Endpoint, home: String) {
        switch running {
        case .sshd(let server):
            let key = kind == .rsa ? server.keys.rsa : server.keys.ed25519
            let algorithms = kind == .old ? AlgorithmPolicy.current.allowing(["diffie-hellman-group14-sha1", "hmac-sha1"]) : .current
            let endpoint = try SFTPEndpoint.to(
                server, authentication: .key(Secret(key.privateText), passphrase: nil), algorithms: algorithms, transport: transport)
            return (endpoint, kind == .chroot ? "\(server.home.path)/in" : server.home.path)
        case .other(let server):
            let settings = SFTPSettings(
                host: "127.0.0.1", port: server.port, user: server.user, authentication: .key(Secret(server.key.privateText), passphrase: nil),
                hostKeys: .pinned([try #require(HostKeyFingerprint(server.hostKey.fingerprint()))]),
                deadlines: .init(connect: .seconds(20), idle: .seconds(20)), transport: transport
            )
            return (SFTPEndpoint(name: "erp", settings: settings, timeline: .system), server.home.path)
        }
    }

    /// The behaviours that a server does not show, with what was found. Cases share a session until one of them fails.
    private func failures(_ kind: Server, _ transport: SFTPSettings.Transport) async throws -> [String: String] {
        let running = try kind.start()
        let (endpoint, home) = try endpoint(kind, running, transport)
        let failures = Mutex<[String: String]>([:])
        let next = Atomic(0)
        let cases = EndpointConformance.cases
        while next.load(ordering: .relaxed) < cases.count {
            let conformance = cases[next.load(ordering: .relaxed)]
            if case .endpoint = conformance.body {
                next.add(1, ordering: .relaxed)
                do {
                    try await Self.again { try await conformance.run(try await EndpointUnderTest.prepare(endpoint, home: home)) }
                } catch { failures.withLock { $0[conformance.description] = "\(error)" } }
                continue
            }
            try await endpoint.withSession { session in
                while next.load(ordering: .relaxed) < cases.count, case .session(let body) = cases[next.load(ordering: .relaxed)].body {
                    let number = next.add(1, ordering: .relaxed).oldValue
                    let subject = try EndpointUnderTest.prepare(endpoint, home: home, session)
                    do { try body(session, subject) } catch {
                        failures.withLock { $0[cases[number].description] = "\(error)" }
                        return
                    }
                }
            }
        }
        return failures.withLock { $0 }
    }

    /// Dropbear turns away whoever comes while five others are logging in. As after any passing trouble the next run tries again.
    private static func again(_ work: () async throws -> Void) async throws {
        for _ in 1..<5 {
            do { return try await work() } catch let turnedAway as Diagnostic where turnedAway.code == "ENDPOINT-HANDSHAKE" {}
        }
        try await work()
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
