import Domain
import Endpoints
import Glibc
import TestKit
import Testing

/// Servers whose answers are wrong on purpose: never a crash, never a hang beyond the deadline, never more memory than is bounded.
@Suite(.enabled(if: QuirkyServer.isPresent, "needs /usr/bin/python3"))
struct HostileServerTests {
    private let file = RemotePath(folder: "", name: "STOCK.csv")

    private func endpoint(_ habits: [String], by transport: SFTPSettings.Transport, size: Int = 100_000) throws -> (SSHServer, SFTPEndpoint) {
        let server = try QuirkyServer.start(habits)
        server.home.write("STOCK.csv", SeededRandom.content(size))
        // One deadline is for a busy machine, the other one is the one under test.
        return (server, try SFTPEndpoint.to(server, deadlines: .init(connect: .seconds(20), idle: .seconds(2)), transport: transport))
    }

    @Test(
        arguments: [
            "zero-data", "long-data", "huge-packet", "cut-attributes", "unknown-number", "wrong-kind", "long-handle", "status-of-seven",
            "dies-reading",
            "silent-reading",
        ], SFTPSettings.Transport.allCases)
    func `F27 an answer to a read that cannot be right ends in a diagnostic, and never in other bytes`(
        _ habit: String, by transport: SFTPSettings.Transport
    ) async throws {
        let (server, endpoint) = try endpoint([habit], by: transport)
        let content = try #require(server.home.read("STOCK.csv"))

        do {
            let back = try await endpoint.withSession { session in
                let clock = ContinuousClock()
                let begin = clock.now
                defer { #expect(begin.duration(to: clock.now) < .seconds(20)) }
                return try session.content(of: file)
            }
            // The library passes over what it did not ask for; then what it hands on is the beginning of the file.
            #expect(content.starts(with: back), "\(back.count)")
        } catch let failure as Diagnostic {
            #expect(["ENDPOINT-LOST", "ENDPOINT-FAILED", "SIZE-DIFFERS", "FILE-NOT-REGULAR"].contains(failure.code), "\(failure)")
            #expect(!failure.fix.isEmpty)
        }
    }

    @Test(arguments: ["many-names", "cut-attributes"], SFTPSettings.Transport.allCases)
    func `F27 a listing that cannot be right ends in a diagnostic`(_ habit: String, by transport: SFTPSettings.Transport) async throws {
        let (server, endpoint) = try endpoint([habit], by: transport)
        defer { withExtendedLifetime(server) {} }

        let failure = try await diagnostic { try await endpoint.withSession { session in try session.list(folder: "") { _ in } } }

        #expect(failure.code == "ENDPOINT-LOST" || failure.code == "ENDPOINT-FAILED", "\(failure)")
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `F22 a listing without an end is visited entry by entry and may be left`(by transport: SFTPSettings.Transport) async throws {
        struct Enough: Error {}
        let (server, endpoint) = try endpoint(["endless"], by: transport)
        defer { withExtendedLifetime(server) {} }

        await #expect(throws: Enough.self) {
            try await endpoint.withSession { session in
                var count = 0
                try session.list(folder: "") { _ in
                    count += 1
                    if count > 5_000 { throw Enough() }
                }
            }
        }
    }

    @Test func `pages without an entry are the end of a listing`() async throws {
        let (server, endpoint) = try endpoint(["empty-pages"], by: .openSSH)
        defer { withExtendedLifetime(server) {} }

        #expect(try await endpoint.withSession { try $0.names(in: "") } == ["STOCK.csv"])
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `S1 names that lead elsewhere are shown in a listing, never selected, and never asked for`(by transport: SFTPSettings.Transport) async throws
    {
        let (server, endpoint) = try endpoint(["early-dot"], by: transport)
        defer { withExtendedLifetime(server) {} }

        let selected = try await endpoint.withSession { session in
            var selected: [[UInt8]] = []
            let selection = FileSelection(patterns: [GlobPattern("*")])
            try session.list(folder: "") { if selection.judge($0) == .selected { selected.append($0.name) } }
            return selected
        }

        #expect(selected == [Array("STOCK.csv".utf8)])
    }

    @Test(arguments: ["no-version", "old-version"])
    func `a server that speaks no version of ours is said to offer no SFTP`(_ habit: String) async throws {
        let (server, endpoint) = try endpoint([habit], by: .openSSH)
        defer { withExtendedLifetime(server) {} }

        let failure = try await diagnostic { try await endpoint.withSession { _ in } }

        #expect(failure.code == "SFTP-UNAVAILABLE", "\(failure)")
    }
}
