import Domain
import Foundation
import Glibc
import MagentoSandbox
import StateStore
import TestKit
import Testing

/// An order of the console, and SIGKILL at every crossing on its way to the shop.
@Suite(.enabled(if: Python.isPresent, "python3 reads the ledgers"))
struct OrderKillTests {
    private static let settings: SettingsText = {
        var settings = SettingsText()
        settings.gates = "{rejected: 100%, to_zero: 100%}"
        return settings
    }()

    /// A corrected record and the order to retry it, as the console writes both.
    private static func fill(_ installation: Installation) async throws {
        try installation.drop("1.csv", [Installation.line("A", "1O"), Installation.line("B", "7")], minute: 1)
        _ = try await installation.tallyman("run", "stock")
        let edit = try await installation.tallyman("errors", "edit", "1", "--line", Installation.line("A", "10"))
        #expect(edit.exit == 0, "\(edit.all)")
        let ledger = try Ledger(path: "\(installation.folder)/state/ledger.db")
        let order = Instruction(
            token: "token", at: UTCInstant(seconds: 1_795_240_900), who: "ann (console, 10.0.0.7)", action: .retry, flow: "stock",
            subject: .errors([1]), seen: "")
        _ = try ledger.write(.operators) { try $0.order(order) }
    }

    private struct EndState: Equatable {
        var orders: [String]
        var decisions: [String]
        var errors: [String]
        var retries: [String]
        var unbalanced: [String]
        var quantity: String?
        var commits: Set<String>
    }

    private static func rest(_ installation: Installation) async throws -> EndState {
        for _ in 0..<2 { _ = try await installation.tallyman("act") }
        _ = try await installation.runToRest()
        let rows = try await LedgerDump.rows(
            of: [
                "SELECT state FROM instruction", "SELECT action, subject, who FROM audit ORDER BY id",
                "SELECT queue FROM record_outcome WHERE outcome = 'rejected'",
                "SELECT r.state, t.read, t.applied, t.unchanged FROM run r JOIN tally t ON t.run = r.id WHERE r.cause = 'retry'",
                LedgerDump.unbalanced,
            ], in: "\(installation.folder)/state/ledger.db")
        return EndState(
            orders: rows[0], decisions: rows[1], errors: rows[2], retries: rows[3], unbalanced: rows[4], quantity: installation.quantity("A"),
            commits: Set(installation.commits))
    }

    @Test(.timeLimit(.minutes(10)))
    func `kill -9 at each step between click and effect: one effect, one entry of the audit, balanced books (G1, J3)`() async throws {
        try await Installation.with(settings: Self.settings) { original in
            try await Self.fill(original)
            let before = original.shop.withState { $0 }
            let (crossings, expected) = try await Installation.with(before, settings: Self.settings, copyOf: original.folder) { installation in
                try installation.write("", to: "crossings")
                let act = try await installation.tallyman("act", adding: ["TALLYMAN_CROSSINGS": "\(installation.folder)/crossings"])
                #expect(act.exit == 0, "\(act.all)")
                let text = String(decoding: FileManager.default.contents(atPath: "\(installation.folder)/crossings") ?? Data(), as: UTF8.self)
                return (text.split(separator: "\n").map(String.init), try await Self.rest(installation))
            }
            #expect(crossings.count >= 20, "\(crossings)")
            #expect(expected.orders == ["('done',)"])
            #expect(expected.decisions.count == 2, "\(expected.decisions)")
            #expect(expected.retries.count == 1)
            #expect(expected.unbalanced.isEmpty)
            #expect(expected.quantity == "10")

            let differing = try await withThrowingTaskGroup(of: String?.self) { group in
                var next = 1
                var found: [String] = []
                func add() {
                    guard next <= crossings.count else { return }
                    let point = next
                    next += 1
                    group.addTask {
                        try await Installation.with(before, settings: Self.settings, copyOf: original.folder) { installation in
                            let act = try await installation.tallyman("act", adding: ["TALLYMAN_STOP_AT": "\(point)"])
                            #expect(act.status == .signal(SIGKILL), "crossing \(point): \(act.all)")
                            let end = try await Self.rest(installation)
                            return end == expected ? nil : "killed at \(crossings[point - 1]): \(end)"
                        }
                    }
                }
                for _ in 0..<3 { add() }
                while let result = try await group.next() {
                    if let result { found.append(result) }
                    add()
                }
                return found
            }
            #expect(differing.isEmpty, "expected \(expected)\n\(differing.joined(separator: "\n"))")
            print("kill -9 of orders: \(crossings.count) points, \(differing.count) differ in the end")
        }
    }
}
