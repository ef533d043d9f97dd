import Foundation
import MagentoSandbox
import Testing

/// Verbs that change something say with `--dry-run` what they would do, and then have done nothing.
struct DryRunTests {
    /// What a person would notice: files left, the books' totals, the shop.
    private static func standing(_ installation: Installation) async throws -> [String] {
        [
            try await installation.tallyman("errors", "--json").output, try await installation.tallyman("audit").output,
            "\(installation.quantity("A") ?? "-") \(installation.quantity("B") ?? "-")", "\(installation.requests("POST"))",
        ]
    }

    private static func withErrors(_ body: (Installation) async throws -> Void) async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", [Installation.line("A", "10"), Installation.line("B", "x1"), Installation.line("C", "x2")], minute: 1)
            #expect(try await installation.tallyman("run", "stock").exit == 3)
            try await body(installation)
        }
    }

    @Test func `errors retry shows what the corrected records would change and what would be rejected again`() async throws {
        try await Self.withErrors { installation in
            let line = Installation.line("B", "7")
            #expect(try await installation.tallyman("errors", "edit", "1", "--line", line).exit == 0)
            let before = try await Self.standing(installation)

            let dry = try await installation.tallyman("errors", "retry", "--all", "--dry-run")

            #expect(dry.exit == 0 && dry.output.contains("looked at only") && dry.output.contains("1 rejected"), "\(dry.all)")
            #expect(dry.output.split(separator: "\n").contains { $0.hasPrefix("B ") && $0.contains("main 7") }, "\(dry.all)")
            #expect(try await Self.standing(installation) == before)
            let retried = try await installation.tallyman("errors", "retry", "1")
            #expect(retried.exit == 0 && installation.quantity("B") == "7", "\(retried.all)")
        }
    }

    @Test func `errors dismiss lists what would leave the queue`() async throws {
        try await Self.withErrors { installation in
            let before = try await Self.standing(installation)

            let dry = try await installation.tallyman("errors", "dismiss", "1", "2", "--because", "tried out", "--dry-run")
            let unknown = try await installation.tallyman("errors", "dismiss", "999", "--because", "tried out", "--dry-run")

            #expect(dry.exit == 0 && dry.output.contains("NUMBER-FORMAT"), "\(dry.all)")
            #expect(unknown.exit != 0 && unknown.errors.contains("there is no error 999"), "\(unknown.all)")
            #expect(try await Self.standing(installation) == before)
        }
    }

    @Test func `resync shows what the shop holds and what it would be given`() async throws {
        try await Self.withErrors { installation in
            installation.shop.withState { $0.sourceItems.upsert(sku: "A", source: "main", quantity: Quantity(3), isInStock: true) }
            let before = try await Self.standing(installation)

            let dry = try await installation.tallyman("resync", "stock", "A", "--because", "tried out", "--dry-run")

            #expect(dry.exit == 0 && dry.output == "A: the shop has main 3; it would be given main 10; nothing was sent\n", "\(dry.all)")
            #expect(try await Self.standing(installation) == before)
        }
    }

    @Test func `init prints what it would write, new or added, and writes nothing`() async throws {
        try await Installation.with { installation in
            try installation.write(Installation.file([Installation.line("A", "10")]), to: "sample.csv")
            let settings = try String(contentsOfFile: "\(installation.folder)/tallyman.yaml", encoding: .utf8)

            let new = try await installation.tallyman("init", "--from", "sample.csv", "--out", "fresh", "--no-ask", "--dry-run")
            let added = try await installation.tallyman(
                "init", "--from", "sample.csv", "--add-to", "tallyman.yaml", "--flow", "depot", "--no-ask", "--dry-run")

            #expect(new.exit == 0 && new.output.contains("--- fresh/tallyman.yaml\n# Proposed from sample.csv"), "\(new.all)")
            #expect(added.exit == 0 && added.output.contains("  depot:") && added.output.hasSuffix("nothing was written\n"), "\(added.all)")
            #expect(!FileManager.default.fileExists(atPath: "\(installation.folder)/fresh"))
            #expect(try String(contentsOfFile: "\(installation.folder)/tallyman.yaml", encoding: .utf8) == settings)
        }
    }

    @Test func `erase and restore take the word as well`() async throws {
        try await Self.withErrors { installation in
            #expect(try await installation.tallyman("backup", "copy.db").exit == 0)
            let before = try await Self.standing(installation)

            let erased = try await installation.tallyman("erase", "--email", "anna@example.com", "--dry-run")
            let opposite = try await installation.tallyman("erase", "--email", "anna@example.com", "--dry-run", "--yes")
            let restored = try await installation.tallyman("restore", "copy.db", "--dry-run")

            #expect(erased.exit == 0 && erased.output.contains("nothing was changed"), "\(erased.all)")
            #expect(opposite.exit == 2, "\(opposite.all)")
            #expect(restored.exit == 0 && restored.output.contains("nothing was changed"), "\(restored.all)")
            #expect(try await Self.standing(installation) == before)
        }
    }
}
