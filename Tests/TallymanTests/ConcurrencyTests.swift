import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

/// Reliability H1, H2: several processes, one flow.
struct ConcurrencyTests {
    private static func dropped(_ installation: Installation) throws {
        try installation.drop("one.csv", "ABCDEFGHIJ".map { Installation.line(String($0), "8") }, minute: 1)
    }

    @Test func `H2 a second run while one is sending says who is busy, does nothing and ends with 75`() async throws {
        try await Installation.with { installation in
            try Self.dropped(installation)
            installation.shop.add(FaultRule(.delay(.seconds(1)), method: "POST", hits: 1...1))
            let first = try installation.program.start(["run", "stock"])
            try await installation.firstSave()
            // However busy this machine is, it does not come to its end meanwhile.
            first.end.signal(SIGSTOP)

            let second = try await installation.tallyman("run", "stock")
            let plan = try await installation.tallyman("plan", "stock")
            first.end.signal(SIGCONT)
            let ended = await first.ending()

            #expect(second.exit == 75, "\(second.all)")
            #expect(second.errors.contains("FLOW-BUSY: another process is working on flow stock"))
            #expect(plan.exit == 75, "\(plan.all)")
            #expect(ended.exit == 0, "\(ended.all)")
            #expect(installation.commits.count == 10)
        }
    }

    @Test func `a person's retry waits for a run that is under way instead of being sent away`() async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", [Installation.line("A", "8"), Installation.line("B", "x")], minute: 1)
            _ = try await installation.tallyman("run", "stock")
            _ = try await installation.tallyman("errors", "edit", "1", "--line", Installation.line("B", "9"))
            try installation.drop("two.csv", [Installation.line("A", "7"), Installation.line("C", "6")], minute: 2)
            installation.shop.add(FaultRule(.delay(.seconds(2)), method: "POST", hits: 1...1))
            let saves = installation.requests("POST")
            let run = try installation.program.start(["run", "stock"])
            for _ in 0..<3000 where installation.requests("POST") == saves { try await Task.sleep(for: .milliseconds(10)) }

            // The run is in the shop, and its answer takes two seconds.
            let retry = try await installation.tallyman("errors", "retry", "1")
            let ended = await run.ending()

            #expect(ended.exit == 0, "\(ended.all)")
            #expect(retry.exit == 0 && !retry.errors.contains("FLOW-BUSY"), "\(retry.all)")
            #expect(installation.quantity("B") == "9" && installation.quantity("C") == "6")
        }
    }

    @Test func `H1 six processes at once do the work of one`() async throws {
        try await Installation.with { installation in
            try Self.dropped(installation)

            // The ledger does not exist yet: they make it together, too.
            let endings = try await withThrowingTaskGroup(of: Program.Ending.self) { group in
                for _ in 0..<6 { group.addTask { try await installation.tallyman("run", "stock") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let runs = try await installation.tallyman("runs", "--json").json()

            #expect(endings.allSatisfy { [0, 75].contains($0.exit) }, "\(endings.map(\.all))")
            #expect(endings.count { $0.output.contains("10 read = 10 applied") } == 1)
            #expect(JournalCheck.nothingTwice(installation.shop.journal.entries).isEmpty)
            #expect(runs.elements?.count == 1)
        }
    }

    @Test func `H1 the turn of a process that was killed is free at once`() async throws {
        try await Installation.with { installation in
            try Self.dropped(installation)
            _ = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_STOP_AT": "20"])

            let next = try await installation.tallyman("run", "stock")

            #expect(next.exit == 0, "\(next.all)")
            #expect(installation.commits.count == 10)
        }
    }
}
