import Domain
import Endpoints
import TestKit
import Testing

/// What of an account ends on a day that the settings name.
struct CredentialEndTests {
    private func settings(_ options: [(String, String)]) throws -> SFTPSettings {
        func scalar(_ text: String) -> SettingNode { SettingNode(.scalar(text), at: .init(file: "s.yaml")) }
        let fingerprint = "SHA256:" + String(repeating: "A", count: 43)
        let base = [("host", scalar("h")), ("user", scalar("u")), ("identity", scalar("id")), ("host_keys", scalar(fingerprint))]
        let given = options.map { name, value in
            (name, name == "legacy_algorithms" ? SettingNode(.list([scalar(value)]), at: .init(file: "s.yaml")) : scalar(value))
        }
        return try SFTPSettings(SettingNode(.map((base + given).map { (key: $0.0, node: $0.1) }), at: .init(file: "s.yaml"))) { _ in Secret("x") }
    }

    private func noon(_ year: Int, _ month: Int, _ day: Int) throws -> UTCInstant {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        return UTCInstant(seconds: Int64(date.daysSinceEpoch) * 86_400 + 43_200)
    }

    @Test(arguments: SFTPSettings.Ending.allCases)
    func `an end is told thirty days before, on its day and afterwards, and not earlier`(_ ending: SFTPSettings.Ending) throws {
        let settings = try settings([("legacy_algorithms", "hmac-sha1"), (ending.setting, "2027-03-31")])

        #expect(settings.notice(of: ending, at: try noon(2027, 2, 28)) == nil)
        #expect(settings.notice(of: ending, at: try noon(2027, 3, 1))?.text.contains("in 30 days, with 2027-03-31") == true)
        #expect(settings.notice(of: ending, at: try noon(2027, 3, 30))?.text.contains("in 1 day, ") == true)
        #expect(settings.notice(of: ending, at: try noon(2027, 3, 31))?.text.contains("ends today") == true)
        #expect(settings.notice(of: ending, at: try noon(2027, 4, 1))?.text.contains("ended with 2027-03-31") == true)
        #expect(settings.notice(of: ending, at: try noon(2027, 4, 1))?.fix.contains(ending.setting) == true)
        let other = SFTPSettings.Ending.allCases.first { $0 != ending } ?? ending
        #expect(settings.notice(of: other, at: try noon(2030, 1, 1)) == nil)
    }

    @Test(arguments: ["31.03.2027", "2027-3-31", "2027-02-30", "2027-03-31T00:00", "", "soon", "-027-03-31", "2027-03-+1"])
    func `what is no day is refused`(_ text: String) throws {
        let refusal = #expect(throws: Diagnostic.self) { try settings([("credential_until", text)]) }

        #expect(refusal?.code == "ENDPOINT-SETTINGS" && refusal?.fix == "Write credential_until: 2027-03-31")
    }

    @Test func `an end of weak algorithms without weak algorithms is refused`() throws {
        let refusal = #expect(throws: Diagnostic.self) { try settings([("legacy_until", "2027-03-31")]) }

        #expect(refusal?.summary.contains("ends nothing") == true)
    }

    @Test(arguments: SFTPSettings.Transport.allCases)
    func `S5 weak algorithms are accepted up to their last day, and the day after the server is refused with that day`(
        by transport: SFTPSettings.Transport
    ) async throws {
        var options = SSHServer.Options()
        options.configuration = ["KexAlgorithms diffie-hellman-group14-sha1", "MACs hmac-sha1", "Ciphers aes128-ctr"]
        let server = try SSHServer(options)
        let last = try #require(CivilDate(year: 2027, month: 3, day: 31))
        func endpoint(_ now: UTCInstant) throws -> SFTPEndpoint {
            var timeline = Timeline.system
            timeline.now = { now }
            return try SFTPEndpoint.to(
                server, algorithms: .current.allowing(["diffie-hellman-group14-sha1", "hmac-sha1"]), legacyUntil: last, transport: transport,
                timeline: timeline)
        }

        try await endpoint(try noon(2027, 3, 31)).withSession { _ in }
        let refusal = try await diagnostic { try await endpoint(try noon(2027, 4, 1)).withSession { _ in } }

        #expect(refusal.code == "ALGORITHM-REFUSED", "\(refusal)")
        #expect(refusal.fix.contains("ended with 2027-03-31"))
    }
}
