import Foundation
import Glibc
import MagentoSandbox
import Testing

/// Reliability F77: the plug is pulled at any point, and the disk keeps only what was flushed.
@Suite(.enabled(if: PowerCut.isPossible, "strace and python3 record and replay the disk"))
struct PowerCutTests {
    private static func fill(_ installation: Installation) async throws {
        try installation.drop("one.csv", "ABCDE".map { Installation.line(String($0), "7") }, minute: 1)
        let first = try await installation.tallyman("run", "stock")
        #expect(first.exit == 0, "\(first.all)")
        try installation.drop("two.csv", "ABCDEFGHIJ".map { Installation.line(String($0), "8") } + [Installation.line("GHOST", "1")], minute: 2)
    }

    private static func crossings() async throws -> Int {
        try await Installation.with { installation in
            try await fill(installation)
            try installation.write("", to: "crossings")
            _ = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_CROSSINGS": "\(installation.folder)/crossings"])
            return try String(contentsOfFile: "\(installation.folder)/crossings", encoding: .utf8).split(separator: "\n").count
        }
    }

    @Test(arguments: PowerCut.Loss.allCases)
    func `F77 G4 a power cut at any point loses nothing that was promised and does nothing twice`(_ loss: PowerCut.Loss) async throws {
        let count = try await Self.crossings()
        #expect(count > 20)
        for point in stride(from: 2, through: count, by: 5) {
            try await Installation.with { installation in
                try await Self.fill(installation)
                let cut = try await PowerCut(installation: installation).run(stopAt: point, loss)
                #expect(cut.status == .signal(SIGKILL), "at \(point): \(cut.all)")
                let integrity = try await installation.query(LedgerDump.integrity)

                let rest = try await installation.runToRest()

                #expect(integrity == ["('ok',)"], "at \(point)")
                #expect(rest.exit == 3 || rest.exit == 0, "at \(point): \(rest.all)")
                for sku in "ABCDEFGHIJ" { #expect(installation.quantity(String(sku)) == "8", "at \(point): \(sku)") }
                #expect(Set(installation.commits).count == installation.commits.count, "at \(point): \(installation.commits)")
                #expect(try await installation.query(LedgerDump.unbalanced) == [], "at \(point)")
                let open = try await installation.query("SELECT count(*) FROM record_outcome WHERE queue = 'open'")
                #expect(open == ["(1,)"], "at \(point)")
            }
        }
    }
}
