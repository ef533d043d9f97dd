import Domain
import Foundation
import MagentoSandbox
import Testing

@testable import tallyman

/// The pack of go-live scenarios, as `tallyman scenarios` plays it.
struct ScenarioTests {
    private static let folder = URL(fileURLWithPath: Program.file).deletingLastPathComponent().path
    private static let required = [
        "C144", "C145", "C146", "C147", "C176", "C177", "C195", "C196", "C230", "C231", "C232", "C233", "C234", "C235", "C239", "C240", "C247",
        "C253", "C256", "C259", "C268", "C298", "C312", "C333", "C400", "C401",
    ]

    private static func play(_ scenario: Scenario) async throws -> ScenarioOutcome {
        let server = try await SandboxServer.start(shop: SandboxShop(.empty), control: .on)
        let folder = NSTemporaryDirectory() + "tallyman-scenario-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let outcome = try await ScenarioPack.play(
                scenario, on: server.url, programs: Self.folder, in: folder, timeline: .system)
            await server.stop()
            return outcome
        } catch {
            await server.stop()
            throw error
        }
    }

    @Test(.timeLimit(.minutes(20)), arguments: ScenarioPack.all.map(\.id))
    func `C144 C145 C146 C147 C196 C230 C231 C232 C233 C239 C240 C253 C256 C268 C298 C312 C333 C400 C401 each go-live scenario is as expected`(
        _ id: String
    ) async throws {
        let scenario = try #require(ScenarioPack.all.first { $0.id == id })

        let outcome = try await Self.play(scenario)

        #expect(outcome.verdict == .passed, "\(outcome.reason ?? "") \(outcome.checks.filter { !$0.isMet }) \(outcome.steps)")
        #expect(!outcome.steps.isEmpty)
    }

    @Test func `every go-live scenario of the requirements is in the pack, once`() {
        let ids = ScenarioPack.all.map(\.id)

        #expect(Set(Self.required).subtracting(ids).isEmpty)
        #expect(Set(ids).count == ids.count)
    }

    @Test func `what differs, what stops half-way and what checks nothing has not passed`() async throws {
        let outcomes = [
            try await Self.play(Scenario("X1", "differs") { $0.check("one", expected: "1", actual: "2") }),
            try await Self.play(
                Scenario("X2", "stops") { stage in
                    stage.check("one", expected: "1", actual: "1")
                    throw ScenarioFailure("the <shop> is gone")
                }),
            try await Self.play(Scenario("X3", "checks nothing") { $0.note("nothing is done") }),
        ]

        #expect(outcomes.map(\.verdict) == [.failed, .failed, .failed])
        let page = SignOffPage(outcomes: outcomes, version: "1", made: .init(seconds: 0)).html
        #expect(page.contains("0 passed, 3 failed of 3"))
        #expect(page.contains("the &lt;shop&gt; is gone") && !page.contains("<shop>"))
        #expect(page.contains("Signature") && !page.contains("http"), "self-contained")
    }

    @Test func `the command plays on a sandbox of its own, writes the page, and touches no other shop`() async throws {
        try await Installation.with { installation in
            let run = try await installation.tallyman("scenarios", "--only", "C146,C196", "--out", "signed")
            #expect(run.exit == 0, "\(run.all)")
            #expect(run.output.contains("C146         passed        1") && run.output.contains("C196         passed        4"), "\(run.all)")
            #expect(installation.names(in: "signed") == ["sign-off.html", "sign-off.json"])
            #expect(installation.requests("POST") == 0, "the shop of the settings is not asked")

            for url in ["https://shop.example", "http://127.0.0.1:1", installation.server.url] {
                let refused = try await installation.tallyman("scenarios", "--only", "C146", "--shop", url)
                #expect(refused.exit == 1 && refused.errors.contains("SCENARIOS-SHOP"), "\(refused.all)")
            }
            #expect(installation.requests("POST") == 0)
            let unknown = try await installation.tallyman("scenarios", "--only", "C999")
            #expect(unknown.exit == 2 && unknown.errors.contains("there is no scenario C999"), "\(unknown.all)")
            let list = try await installation.tallyman("scenarios", "--list", "--json")
            #expect(try list.json().elements?.count == ScenarioPack.all.count)
        }
    }
}
