import Domain
import GRDB
import Testing

@testable import StateStore

/// What is known of servers, in the ledger.
@Suite struct ServerProbeStoreTests {
    private func probe(_ banner: String?, settings: String = "s", handles: Int? = nil) -> ServerProbe {
        var findings = ServerProbe.Findings()
        (findings.handles, findings.renames, findings.timePrecision) = (handles, true, 60_000)
        findings.limits = .init(packet: 262_144, read: .max, write: 0, handles: 1019)
        findings.notes = ["a note with \" and \u{0}"]
        return ServerProbe(
            identity: .init(address: "erp.example:22", banner: banner, hostKey: "SHA256:x", settings: settings), folder: "probe", findings: findings)
    }

    @Test func `a probe is read back as it was kept, for its very server alone`() throws {
        let fixture = try LedgerFixture()
        let (first, second) = (probe("SSH-2.0-A"), probe(nil))
        try fixture.ledger.write(.signs) { writer in
            try writer.record(first, of: "erp", at: fixture.now)
            try writer.record(second, of: "erp", at: fixture.now.adding(.seconds(1)))
        }

        try fixture.ledger.read { reader throws in
            #expect(try reader.serverProbe(of: "erp", first.identity)?.probe == first)
            #expect(try reader.serverProbe(of: "erp", second.identity)?.probe == second)
            #expect(try reader.serverProbe(of: "erp", probe("SSH-2.0-B").identity) == nil)
            #expect(try reader.serverProbe(of: "erp", probe("SSH-2.0-A", settings: "t").identity) == nil)
            #expect(try reader.serverProbe(of: "other", first.identity) == nil)
            #expect(try reader.latestServerProbe(of: "erp")?.probe == second)
        }
    }

    @Test func `a later probe takes the place of an earlier one of the same server, and servers of the past are forgotten`() throws {
        let fixture = try LedgerFixture()
        try fixture.ledger.write(.signs) { writer in
            for number in 0..<12 { try writer.record(probe("SSH-2.0-\(number)"), of: "erp", at: fixture.now.adding(.seconds(Int64(number)))) }
            try writer.record(probe("SSH-2.0-11", handles: 3), of: "erp", at: fixture.now.adding(.seconds(99)))
            try writer.record(probe("SSH-2.0-0"), of: "other", at: fixture.now)
        }

        try fixture.ledger.read { reader throws in
            #expect(try reader.serverProbe(of: "erp", probe("SSH-2.0-11").identity)?.probe.findings.handles == 3)
            #expect(try reader.latestServerProbe(of: "erp")?.at == fixture.now.adding(.seconds(99)))
            #expect(try reader.serverProbe(of: "erp", probe("SSH-2.0-3").identity) == nil)
            #expect(try reader.serverProbe(of: "erp", probe("SSH-2.0-4").identity) != nil)
            #expect(try reader.serverProbe(of: "other", probe("SSH-2.0-0").identity) != nil)
        }
    }

    @Test func `a probe that another version wrote and this one cannot read counts as none`() throws {
        let fixture = try LedgerFixture()
        try fixture.ledger.write(.signs) { writer in
            try writer.record(probe("SSH-2.0-A"), of: "erp", at: fixture.now)
            try writer.db.execute(sql: "UPDATE server_probe SET probe = '{\"identity\":7}'")
        }

        #expect(try fixture.ledger.read { try $0.serverProbe(of: "erp", probe("SSH-2.0-A").identity) } == nil)
        #expect(try fixture.ledger.read { try $0.latestServerProbe(of: "erp") } == nil)
    }
}
