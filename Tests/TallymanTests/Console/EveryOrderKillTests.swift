import Console
import Domain
import Foundation
import Glibc
import MagentoSandbox
import StateStore
import TestKit
import Testing

@testable import tallyman

/// Every kind of order, and SIGKILL on its way from the click to the effect. `TALLYMAN_KILLS=all` stops at each crossing instead of at some.
@Suite(.enabled(if: Python.isPresent, "python3 reads the ledgers"))
struct EveryOrderKillTests {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case approve, discard, rollback, resync, upload, run, replace

        var testDescription: String { rawValue }
        var settings: SettingsText {
            var settings = SettingsText()
            settings.gates = "{rejected: 100%, to_zero: 100%}"
            if self == .approve || self == .discard { settings.approve = "always" }
            return settings
        }
    }

    private static let at = UTCInstant(seconds: 1_795_240_900)

    /// The books before the click, and the order as the console writes it.
    private static func fill(_ kind: Kind, _ installation: Installation) async throws {
        let rows = ["A", "B"].map { Installation.line($0, "10") }
        if kind != .run { try installation.drop("1.csv", kind == .replace ? ["A", "B"].map { Installation.line($0, "1O") } : rows, minute: 1) }
        _ = try await installation.tallyman("run", "stock")
        let path = "\(installation.folder)/state/ledger.db"
        let ledger = try Ledger(path: path)
        var (action, subject, seen) = (Instruction.Action.run, Instruction.Subject.flow(despiteMaintenance: false), "")
        let last = try ledger.read { try $0.recentRuns(limit: 1).first?.id } ?? 0
        switch kind {
        case .approve, .discard:
            (action, subject) = (kind == .approve ? .approve : .discard, .run(last))
            #expect(try ledger.read { try $0.run(last)?.state } == .held)
        case .rollback: (action, subject, seen) = (.rollback, .undo(last, entities: ["stock"]), "2/0/0")
        case .resync: (action, subject) = (.resync, .value(entity: "stock", RecordKey("A")))
        case .run: try installation.drop("1.csv", rows, minute: 1)
        case .replace:
            let errors = try ledger.read { try $0.errors().map(\.id) }
            for (error, sku) in zip(errors, ["A", "B"]) {
                _ = try await installation.tallyman("errors", "edit", "\(error)", "--line", Installation.line(sku, "10"))
            }
            (action, subject) = (.retry, .errors(errors))
        case .upload:
            try installation.write(Installation.file(["A", "B"].map { Installation.line($0, "8") }), to: "by-hand.csv")
            let house = try ConsoleHouse(settingsFile: "\(installation.folder)/tallyman.yaml", isTraining: false)
            let spooled = try await house.receive(file: "\(installation.folder)/by-hand.csv")
            let delivery = try ledger.write(.operators) {
                try $0.addDelivery(
                    flow: "stock", hash: spooled.hash, size: spooled.size, folder: "", name: Array("by-hand.csv".utf8), modified: at, received: at,
                    origin: .file)
            }
            (action, subject) = (.upload, .delivery(delivery.id))
        }
        let order = Instruction(
            token: "token", at: at, who: "ann (console, 10.0.0.7)", action: action, flow: "stock", subject: subject, seen: seen, because: "because")
        _ = try ledger.write(.operators) { try $0.order(order) }
    }

    /// What is left when everything has come to rest: the same, wherever a process was killed.
    private static func rest(_ installation: Installation) async throws -> [[String]] {
        for _ in 0..<2 { _ = try await installation.tallyman("act") }
        let rows = try await LedgerDump.rows(
            of: [
                "SELECT action, state FROM instruction", "SELECT action, subject, who FROM audit ORDER BY id",
                "SELECT r.cause, r.state, t.read, t.applied, t.unchanged, t.deferred FROM run r JOIN tally t ON t.run = r.id ORDER BY r.id",
                "SELECT queue FROM record_outcome WHERE outcome = 'rejected'", "SELECT who FROM run_maker ORDER BY run", LedgerDump.unbalanced,
            ], in: "\(installation.folder)/state/ledger.db")
        return rows + [["A", "B"].map { "\($0) \(installation.quantity($0) ?? "-")" }, Set(installation.commits).sorted()]
    }

    @Test(.timeLimit(.minutes(10)), arguments: Kind.allCases)
    func `kill -9 between click and effect, whatever was ordered: one effect, one entry of the audit, balanced books (G1, J3)`(_ kind: Kind)
        async throws
    {
        try await Installation.with(settings: kind.settings) { original in
            try await Self.fill(kind, original)
            let before = original.shop.withState { $0 }
            let (crossings, expected) = try await Installation.with(before, settings: kind.settings, copyOf: original.folder) { installation in
                try installation.write("", to: "crossings")
                let act = try await installation.tallyman("act", adding: ["TALLYMAN_CROSSINGS": "\(installation.folder)/crossings"])
                #expect(act.exit == 0 || act.exit == 3 || act.exit == 4, "\(act.all)")
                let text = String(decoding: FileManager.default.contents(atPath: "\(installation.folder)/crossings") ?? Data(), as: UTF8.self)
                return (text.split(separator: "\n").map(String.init), try await Self.rest(installation))
            }
            #expect(crossings.count >= 4, "\(crossings)")
            #expect(expected[0] == ["('\(kind == .replace ? "retry" : kind.rawValue)', 'done')"], "\(expected)")
            #expect(expected[5].isEmpty)
            let all = ProcessInfo.processInfo.environment["TALLYMAN_KILLS"] == "all"
            let step = all ? 1 : max(1, crossings.count / 6)
            var differing: [String] = []
            for point in stride(from: 1, through: crossings.count, by: step) {
                try await Installation.with(before, settings: kind.settings, copyOf: original.folder) { installation in
                    let act = try await installation.tallyman("act", adding: ["TALLYMAN_STOP_AT": "\(point)"])
                    #expect(act.status == .signal(SIGKILL), "crossing \(point): \(act.all)")
                    let end = try await Self.rest(installation)
                    if end != expected { differing.append("killed at \(crossings[point - 1]): \(end)") }
                }
            }
            #expect(differing.isEmpty, "expected \(expected)\n\(differing.joined(separator: "\n"))")
            print("kill -9 of \(kind.rawValue): \(crossings.count) crossings, every \(step)th of them, \(differing.count) differ in the end")
        }
    }
}
