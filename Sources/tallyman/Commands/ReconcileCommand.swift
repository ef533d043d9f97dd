import ArgumentParser
import Domain
import Engine
import StateStore

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare what the shop holds with what it should hold, and look whether it is on sale.",
        discussion: "Ends with 3 where something differs or cannot be bought. Nothing is sent, unless --mend has something to mend." + "\n\n"
            + Examples.of("reconcile")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The flow; every flow unless given.", completion: Suggestions.flows) var flow: String?
    @Option(help: "Look at so many keys instead of all: half of them those sent last, half an even spread.") var sample: Int?
    @Flag(help: "Take over what the shop holds, so that the next file's plan sends what differs.") var adopt = false
    @Flag(help: "Have the shop index anew what is in stock, held by no order, and cannot be bought.") var mend = false
    @Flag(help: "Look at every product for reservations that no open order holds, too: 2 ms for each on a shop of two cores.") var reservations =
        false
    @Option(help: "For flows of orders: how many trading days, the last of them yesterday unless --day says otherwise.") var days = 1
    @Option(help: ArgumentHelp("For flows of orders: the last day to compare, such as 2026-11-21.", valueName: "day")) var day: String?
    @Option(help: "How many differences to list.") var limit = 20

    func validate() throws {
        if let day, CivilDate(iso: day) == nil { throw ValidationError("\(Escaped(day)) is not a day; write it like 2026-11-21") }
        guard (1...366).contains(days) else { throw ValidationError("--days takes a number from 1 to 366") }
    }

    func run() async throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        let call = ReconcileCall(assembly: assembly, ledger: ledger)
        let scope = sample.map { Reconciler.Scope.sample(max(1, $0)) } ?? .all
        // What leaves and is no order has no trading day.
        let names =
            try flow.map { [$0] }
            ?? assembly.settings.flowNames.filter { name in try !assembly.isOutbound(name) || assembly.carriesOrders(name) }
        let line = ProgressLine()
        var found: [Reconciliation] = []
        var orderDays: [OrderDay] = []
        var sales: [FlowSale] = []
        var unlooked: [String] = []
        for name in names {
            defer { line.clear() }
            if try assembly.isOutbound(name) {
                orderDays += try await call.orders(of: name, days: days, through: day.flatMap { CivilDate(iso: $0) })
            } else {
                found += try await call.values(of: name, scope, adopt ? .adopt : .report) { line.show("\(name): \($0) compared") }
                let sale = try await call.sale(of: name, scope, mend ? .mend : .report, reservations: reservations) {
                    unlooked.append("\(name) · \($0)")
                }
                if let sale { sales.append(FlowSale(flow: name, found: sale)) }
            }
        }
        try ReconcilePrinter(output: common.output, limit: limit).print(found, orderDays, sales, assembly, ledger)
        if common.output.format != .json { for line in unlooked { common.output.line(line) } }
        let differs = found.contains { $0.matched != $0.checked } || orderDays.contains { !$0.gaps.isEmpty }
        if differs || sales.contains(where: { !$0.found.denied.isEmpty || $0.found.strays?.isEmpty == false }) { throw ExitStatus.rejects }
    }
}

/// What of a flow is on sale.
struct FlowSale {
    var flow: String
    var found: SaleReconciler.Result
}

/// What a comparison found, for people and programs.
struct ReconcilePrinter {
    let output: Output
    let limit: Int

    private struct View: Encodable {
        struct DriftView: Encodable {
            var place: String
            var higher: Int
            var lower: Int
            var net: String
            var direction: String
            /// Which way the place creeps over the last comparisons, where one alone does not tell.
            var creep: String?
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

    /// A flow of orders, one trading day.
    private struct OrdersView: Encodable {
        var orders: ReportView.DayView
    }

    private struct SaleView: Encodable {
        struct Keys: Encodable {
            var flow: String
            var stocked: Int
            var spokenFor: Int
            var mended: [String]
            var denied: [String]
            /// By product, how much.
            var oversold: [String: String]
            /// By product, how much is reserved beyond what open orders hold; left out where nobody looked.
            var strayReservations: [String: String]?
        }

        var sale: Keys

        private static func amounts(_ found: [RecordKey: ExactDecimal]) -> [String: String] {
            Dictionary(found.map { ($0.key.text, "\($0.value)") }) { $1 }
        }

        init(_ sale: FlowSale) {
            self.sale = Keys(
                flow: sale.flow, stocked: sale.found.stocked, spokenFor: sale.found.spokenFor, mended: sale.found.mended.map(\.text),
                denied: sale.found.denied.map(\.text),
                oversold: Self.amounts(sale.found.oversold), strayReservations: sale.found.strays.map(Self.amounts))
        }
    }

    private enum Item: Encodable {
        case values(View)
        case sale(SaleView)
        case orders(OrdersView)

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .values(let view): try view.encode(to: encoder)
            case .sale(let view): try view.encode(to: encoder)
            case .orders(let view): try view.encode(to: encoder)
            }
        }
    }

    func print(_ found: [Reconciliation], _ orderDays: [OrderDay], _ sales: [FlowSale], _ assembly: Assembly, _ ledger: Ledger) throws {
        let words = try ValueWords(assembly)
        let views = try found.map { reconciliation in
            let (differences, history) = try ledger.read { reader in
                (
                    try reader.differences(of: reconciliation.id, limit: limit),
                    try reader.reconciliations(flow: reconciliation.flow, entity: reconciliation.entity, limit: Self.memory)
                )
            }
            return View(
                reconciliation: reconciliation.id, flow: reconciliation.flow, entity: reconciliation.entity, scope: reconciliation.scope,
                checked: reconciliation.checked, matched: reconciliation.matched, differing: reconciliation.differing,
                missing: reconciliation.missing,
                adopted: reconciliation.isAdopted,
                drift: reconciliation.drifts.map { drift in
                    View.DriftView(
                        place: drift.place, higher: drift.higher, lower: drift.lower, net: "\(drift.net)", direction: drift.direction.rawValue,
                        creep: Creep.direction(of: history.reversed().compactMap { $0.drifts.first { $0.place == drift.place } })?.rawValue)
                },
                differences: differences.map { difference in
                    View.DifferenceView(
                        key: difference.key.description, wanted: words.describe(difference.wanted, entity: reconciliation.entity),
                        observed: difference.observed.map { words.describe($0, entity: reconciliation.entity) })
                })
        }
        if output.format == .json {
            return try output.json(
                views.map(Item.values) + sales.map { .sale(SaleView($0)) } + orderDays.map { .orders(OrdersView(orders: .init($0))) })
        }
        for view in views {
            output.line(
                "\(view.flow) · \(view.entity) (\(view.scope)): \(view.checked) compared = \(view.matched) match + \(view.differing) differ + \(view.missing) missing in the shop"
            )
            for drift in view.drift {
                let place = drift.place.isEmpty ? "" : "\(drift.place): "
                output.line(
                    "  \(place)\(drift.higher) higher, \(drift.lower) lower, \(drift.net) in all; the shop is \(Self.words[drift.direction] ?? drift.direction)"
                )
                if drift.direction == Drift.Direction.mixed.rawValue, let creep = drift.creep {
                    output.line("  \(place)over the last comparisons the shop creeps \(creep)")
                }
            }
            output.table(
                ["key", "should be", "shop has"], view.differences.map { [$0.key, $0.wanted, $0.observed ?? "(nothing)"] })
            if view.differing + view.missing > view.differences.count {
                output.line("  … \(view.differing + view.missing - view.differences.count) more; --limit lists them")
            }
            if view.adopted, view.differing > 0 {
                output.line("  the shop's values were taken over; the next full file puts right what differs")
            }
        }
        for sale in sales { output.line("\(sale.flow) · on sale: \(SaleWords(sale.found).line)") }
        for day in orderDays {
            let stages = OrderDay.Stage.allCases.compactMap { stage in
                day.stages[stage].map { "\($0.count) \(stage.rawValue) (\($0.sum))" }
            }
            output.line("\(day.flow) · \(day.day): " + (stages.isEmpty ? "no orders" : stages.joined(separator: ", ")))
            output.table(["order", "what", "text"], day.gaps.prefix(limit).map { [$0.identity.text, $0.kind.rawValue, $0.text] })
            if day.gaps.count > limit { output.line("  … \(day.gaps.count - limit) more; --limit lists them") }
        }
    }

    /// So many comparisons are looked back at: a year of weeks.
    private static let memory = 52

    private static let words = ["higher": "too high", "lower": "too low", "mixed": "wrong both ways, as by chance"]
}
