import Foundation
import Glibc
import TestKit
import Testing

@testable import tallyman

/// What `doctor` says of the operators' console.
struct ConsoleDoctorTests {
    private func lines(_ installation: Installation, environment: [String: String]? = nil) async throws -> [String: String] {
        let file = "\(installation.folder)/console.yaml"
        let ending = try await installation.program.run(["doctor", "--json"], adding: environment ?? ["TALLYMAN_CONSOLE": file])
        let found = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [[String: Any]], "\(ending.all)")
        return Dictionary(
            found.compactMap { line in (line["check"] as? String).map { ($0, "\(line["verdict"] ?? "") \(line["text"] ?? "")") } }.filter {
                $0.0.hasPrefix("console")
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test func `addresses that differ, a console that does not answer, nobody who may add people and passwords alone are told`() async throws {
        var settings = SettingsText()
        settings.lines = ["console: {url: \"https://console.acme.example\"}"]
        try await Installation.with(settings: settings) { installation in
            let nothing = try await lines(installation, environment: ["TALLYMAN_CONSOLE": "\(installation.folder)/none.yaml"])
            #expect(nothing["console"]?.hasPrefix("warning mails link to") == true, "\(nothing)")
            let port = try installation.writeConsole()
            let before = try await lines(installation)
            #expect(before["console.url"]?.hasPrefix("failed mails link to https://console.acme.example") == true, "\(before)")
            #expect(before["console answer"]?.hasPrefix("failed") == true)
            #expect(before["console admins"]?.hasPrefix("failed") == true)
            #expect(before["console second factor"]?.hasPrefix("warning") == true)
            #expect(before["console proxy"]?.hasPrefix("good 127.0.0.1:\(port)") == true)
            _ = try await installation.link(for: "ann", "--admin")
            let console = try installation.program.start(["console", "--settings", "\(installation.folder)/console.yaml"])
            try await installation.wait(for: "console at", from: console)
            let after = try await lines(installation)
            #expect(after["console answer"]?.hasPrefix("good") == true, "\(after)")
            #expect(after["console admins"] == "warning only ann may add people")
            _ = try await installation.link(for: "ben", "--admin")
            let two = try await lines(installation)
            #expect(two["console admins"]?.hasPrefix("good 2") == true, "\(two)")
            kill(console.id, SIGTERM)
            _ = await console.ending()
        }
    }

    @Test func `a shop without a console hears nothing of it`() async throws {
        try await Installation.with { installation in
            let found = try await lines(installation, environment: ["TALLYMAN_CONSOLE": "\(installation.folder)/none.yaml"])
            #expect(found.isEmpty)
        }
    }

    @Test(arguments: [
        ("Nov 30 09:00:00 2026 GMT", -1, "failed"), ("Dec  5 09:00:00 2026 GMT", 4, "failed"), ("Dec 15 09:00:00 2026 GMT", 14, "warning"),
        ("Mar  1 09:00:00 2027 GMT", 90, "good"),
    ])
    func `the end of the certificate is read as curl says it`(_ text: String, _ days: Int, _ verdict: String) {
        let now = Date(timeIntervalSince1970: 1_796_083_200)
        let line = DoctorCommand.certificateLine("* Server certificate:\n*  start date: Jan  1 00:00:00 2026 GMT\n*  expire date: \(text)\n", at: now)
        #expect(line.verdict == verdict, "\(line)")
        #expect(line.text.contains("\(abs(days)) days"), "\(line)")
        #expect(DoctorCommand.certificateLine("nothing", at: now).verdict == "skipped")
    }
}
