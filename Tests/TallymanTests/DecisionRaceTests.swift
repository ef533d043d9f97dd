import Foundation
import MagentoSandbox
import Testing

/// Reliability F101: several people decide about the same thing at the same time.
struct DecisionRaceTests {
    @Test func `F101 J4 of several decisions on a held plan made at once one counts, and the others are told`() async throws {
        var settings = SettingsText()
        settings.approve = "always"
        try await Installation.with(settings: settings) { installation in
            try installation.dropTen()
            _ = try await installation.tallyman("run", "stock")

            let endings = try await withThrowingTaskGroup(of: Program.Ending.self) { group in
                for verb in ["approve", "approve", "discard", "approve"] { group.addTask { try await installation.tallyman(verb, "1") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let audit = try await installation.query("SELECT action FROM audit")

            #expect(endings.count { $0.exit == 0 } == 1, "\(endings.map(\.all))")
            #expect(
                endings.allSatisfy {
                    $0.exit == 0 || $0.errors.contains("RUN-NOT-HELD") || $0.errors.contains("RUN-NOT-OPEN") || $0.errors.contains("FLOW-BUSY")
                        || $0.errors.contains("LEDGER-BUSY")
                }, "\(endings.map(\.all))")
            #expect(audit.count == 1)
            #expect([0, 10].contains(installation.commits.count))
            #expect(JournalCheck.nothingTwice(installation.shop.journal.entries).isEmpty)
            #expect(try await installation.query(LedgerDump.unbalanced) == [])
        }
    }
}
