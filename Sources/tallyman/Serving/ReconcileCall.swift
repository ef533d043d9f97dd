import Domain
import Engine
import Entities
import Magento
import StateStore

/// One comparison of a flow with the shop, whoever asks for it. Afterwards the alarms know what it found.
struct ReconcileCall {
    let assembly: Assembly
    let ledger: Ledger

    /// Values that flows keep in step, against what the shop holds.
    func values(
        of name: String, _ scope: Reconciler.Scope, _ sequel: Reconciler.Sequel,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [Reconciliation] {
        let reconciler = Reconciler(runner: try assembly.runner(ledger))
        let found = try await assembly.withShop { shop in
            try await reconciler.reconcile(
                try await assembly.flow(name, shop, ledger), scope: scope, sequel: sequel, progress: progress)
        }
        let wrong = found.reduce(0) { $0 + $1.differing + $1.missing }
        // A sample that meets nothing wrong says nothing of the rest.
        if wrong == 0, scope != .all, try ledger.read({ try $0.reading(.drift, name)?.text.isEmpty }) == false { return found }
        let text = wrong == 0 || sequel == .adopt ? "" : Self.words(found)
        try ledger.write(.comparisons) { try $0.record(reading: .drift, name, value: Int64(wrong), text: text, at: assembly.timeline.now()) }
        return found
    }

    /// Whether what the flow keeps in stock can be bought; `nil` where nothing of it is for sale.
    func sale(
        of name: String, _ scope: Reconciler.Scope, _ sequel: SaleReconciler.Sequel, reservations: Bool = false,
        unlooked: (String) -> Void = { _ in }
    ) async throws -> SaleReconciler.Result? {
        let reconciler = SaleReconciler(runner: try assembly.runner(ledger))
        let found: SaleReconciler.Result?
        do {
            found = try await assembly.withShop { shop in
                try await reconciler.reconcile(
                    try await assembly.flow(name, shop, ledger), scope: scope, sequel: sequel, reservations: reservations)
            }
        } catch let diagnostic as Diagnostic where Self.lacksOrders(diagnostic) {
            // Whether orders hold what cannot be bought is not known then.
            unlooked("what is on sale was not looked at: \(diagnostic.summary)")
            return nil
        }
        guard let found else { return nil }
        let text = SaleWords(found).alarm
        try ledger.write(.comparisons) { writer in
            let now = assembly.timeline.now()
            try writer.sample(Int64(found.oversold.count), of: .oversold, name, at: now)
            try writer.forgetSamples(.oversold, before: now.adding(.zero - Self.memory))
        }
        // A sample that meets nothing wrong says nothing of the rest.
        if text.isEmpty, scope != .all, try ledger.read({ try $0.reading(.sale, name)?.text.isEmpty }) == false { return found }
        try ledger.write(.comparisons) { writer in
            try writer.record(reading: .sale, name, value: Int64(found.denied.count), text: text, at: assembly.timeline.now())
            try writer.record(reading: .mended, name, value: Int64(found.mended.count), at: assembly.timeline.now())
        }
        return found
    }

    /// A flow of stock may do without the right to read orders.
    private static func lacksOrders(_ diagnostic: Diagnostic) -> Bool {
        diagnostic.code == "SHOP-PERMISSION" && diagnostic.summary.contains("Magento_Sales::actions_view")
    }

    /// Orders of past trading days, by number on both sides, the latest day first.
    func orders(of name: String, days: Int, through last: CivilDate? = nil) async throws -> [OrderDay] {
        let today = assembly.zone.day(of: assembly.timeline.now())
        let end = last ?? today.adding(days: -1)
        let reconciler = OrderReconciler(ledger: ledger, timeline: assembly.timeline, zone: assembly.zone)
        let found = try await assembly.withShop { shop in
            let census = try assembly.census(name, shop, ledger)
            var found: [OrderDay] = []
            for back in 0..<max(1, days) {
                found.append(try await reconciler.reconcile(flow: name, day: end.adding(days: -back), census))
            }
            return found
        }
        let gaps = found.flatMap(\.gaps)
        let text = gaps.isEmpty ? "" : Self.words(gaps)
        try ledger.write(.comparisons) { try $0.record(reading: .orderGaps, name, value: Int64(gaps.count), text: text, at: assembly.timeline.now()) }
        return found
    }

    /// The job of `serve`.
    func run(_ name: String) async throws -> SlotResult {
        guard let plan = assembly.settings.service.reconciling[name] else { return SlotResult(.done, "no comparison is set up any more") }
        if try assembly.isOutbound(name) {
            let days = try await orders(of: name, days: plan.days)
            let placed = days.reduce(0) { $0 + ($1.stages[.placed]?.count ?? 0) }
            return SlotResult(.done, "\(placed) orders of \(days.count) days compared, \(days.reduce(0) { $0 + $1.gaps.count }) do not agree")
        }
        let found = try await values(of: name, plan.scope, plan.sequel)
        let checked = found.reduce(0) { $0 + $1.checked }
        var words = ""
        if let sale = try await sale(of: name, plan.scope, plan.sale, reservations: plan.reservations, unlooked: { words = "; \($0)" }) {
            words = "; " + SaleWords(sale).line
        }
        return SlotResult(
            .done, "\(checked) values compared, \(found.reduce(0) { $0 + $1.differing + $1.missing }) are not as they should be\(words)")
    }

    /// A report of a year can be asked for.
    private static let memory = Duration.seconds(400 * 86_400)

    private static func words(_ found: [Reconciliation]) -> String {
        found.filter { $0.matched != $0.checked }.map { one in
            "\(one.entity): \(one.differing) of \(one.checked) differ, \(one.missing) are missing in the shop"
        }.joined(separator: "; ")
    }

    private static func words(_ gaps: [OrderGap]) -> String {
        let kinds = OrderGap.Kind.allCases.compactMap { kind -> String? in
            let count = gaps.filter { $0.kind == kind }.count
            return count == 0 ? nil : "\(count) \(kind.rawValue)"
        }
        let numbers = gaps.prefix(5).map { "\(Escaped($0.identity.text, limit: 40))" }.joined(separator: ", ")
        return "\(kinds.joined(separator: ", ")): \(numbers)\(gaps.count > 5 ? " …" : "")"
    }
}

extension Assembly {
    /// Whether the flow carries orders, and nothing else, out of the shop.
    func carriesOrders(_ name: String) throws -> Bool {
        CancellationChecks.carriesOrders(try settings.flow(name))
    }

    /// The flow's orders, to be counted.
    func census(_ name: String, _ client: MagentoClient, _ ledger: Ledger) throws -> any DocumentCensus {
        guard try carriesOrders(name) else {
            throw Diagnostic(
                "RECONCILE-OUTBOUND", "flow \(name) carries no orders, so there is nothing to count by trading day",
                fix: "`tallyman consignments` tells what left and what was answered")
        }
        let orders = try orderSettings(of: try settings.flow(name))
        let trigger = OrderTrigger(moments: orders.moments, start: try start(of: name, orders.since, memory: "orders.start", ledger))
        let source: any DocumentCensus = OrderSource(client: client, trigger: trigger, settings: orders)
        return watched(source)
    }
}
