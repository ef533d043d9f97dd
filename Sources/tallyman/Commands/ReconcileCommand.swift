import ArgumentParser
import Domain
import Engine
import StateStore

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare what the shop holds with what it should hold; nothing is sent.",
        discussion: "Ends with 3 where something differs."
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The flow; every flow unless given.") var flow: String?
    @Option(help: "Look at so many keys instead of all: half of them those sent last, half an even spread.") var sample: Int?
    @Flag(help: "Take over what the shop holds, so that the next file's plan sends what differs.") var adopt = false
    @Option(help: "How many differences to list.") var limit = 20

    func run() async throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let reconciler = Reconciler(runner: try assembly.runner(ledger))
        let scope = sample.map { Reconciler.Scope.sample(max(1, $0)) } ?? .all
        let line = ProgressLine()
        let found = try await assembly.withShop { shop in
            defer { line.clear() }
            var found: [Reconciliation] = []
            for name in try flows(assembly) {
                let flow = try await assembly.flow(name, shop, ledger)
                found += try await reconciler.reconcile(flow, scope: scope, sequel: adopt ? .adopt : .report) { line.show("\(name): \($0) compared") }
            }
            return found
        }
        try print(found, assembly, ledger)
        if found.contains(where: { $0.matched != $0.checked }) { throw ExitStatus.rejects }
    }

    /// What leaves is proved by the ERP's answers, not by what the shop holds.
    private func flows(_ assembly: Assembly) throws -> [String] {
        guard let flow else { return try assembly.settings.flowNames.filter { try !assembly.isOutbound($0) } }
        guard try assembly.isOutbound(flow) else { return [flow] }
        throw Diagnostic(
            "RECONCILE-OUTBOUND", "flow \(flow) makes files; the shop holds no value of it", hint: "`tallyman consignments` tells what left and what was answered")
    }

    private struct View: Encodable {
        struct DriftView: Encodable {
            var place: String
            var higher: Int
            var lower: Int
            var net: String
            var direction: String
        }

        struct DifferenceView: Encodable {
            var key: String
            var wanted: String
            var observed: String?
        }

        var reconciliation: Int64
        var flow: String
        var entity: String
        var scope: String
        var checked: Int
        var matched: Int
        var differing: Int
        var missing: Int
        var adopted: Bool
        var drift: [DriftView]
        var differences: [DifferenceView]
    }

    private func print(_ found: [Reconciliation], _ assembly: Assembly, _ ledger: Ledger) throws {
        let views = try found.map { reconciliation in
            let differences = try ledger.read { try $0.differences(of: reconciliation.id, limit: limit) }
            return View(
                reconciliation: reconciliation.id, flow: reconciliation.flow, entity: reconciliation.entity, scope: reconciliation.scope,
                checked: reconciliation.checked, matched: reconciliation.matched, differing: reconciliation.differing, missing: reconciliation.missing,
                adopted: reconciliation.isAdopted,
                drift: reconciliation.drifts.map {
                    View.DriftView(place: $0.place, higher: $0.higher, lower: $0.lower, net: "\($0.net)", direction: $0.direction.rawValue)
                },
                differences: try differences.map { difference in
                    View.DifferenceView(
                        key: difference.key.description, wanted: try assembly.describe(difference.wanted, entity: reconciliation.entity),
                        observed: try difference.observed.map { try assembly.describe($0, entity: reconciliation.entity) })
                })
        }
        if common.json { return try common.output.json(views) }
        for view in views {
            common.output.line(
                "\(view.flow) · \(view.entity) (\(view.scope)): \(view.checked) compared = \(view.matched) match + \(view.differing) differ + \(view.missing) missing in the shop")
            for drift in view.drift {
                let place = drift.place.isEmpty ? "" : "\(drift.place): "
                common.output.line("  \(place)\(drift.higher) higher, \(drift.lower) lower, \(drift.net) in all; the shop is \(Self.words[drift.direction] ?? drift.direction)")
            }
            common.output.table(
                ["key", "should be", "shop has"], view.differences.map { [$0.key, $0.wanted, $0.observed ?? "(nothing)"] })
            if view.differing + view.missing > view.differences.count {
                common.output.line("  … \(view.differing + view.missing - view.differences.count) more; --limit lists them")
            }
            if view.adopted, view.differing > 0 {
                common.output.line("  the shop's values were taken over; the next full file puts right what differs")
            }
        }
    }

    private static let words = ["higher": "too high", "lower": "too low", "mixed": "wrong both ways, as by chance"]
}
