import Domain
import Magento

/// Whether a file's events are possible: each by itself, and all of an order together.
struct SalesEventJudge {
    let rules: SalesEventRules
    /// By increment id.
    let orders: [String: OrderSnapshot]
    /// By order id.
    let documents: [Int: [SalesDocument]]

    /// In the order of the file.
    func standings(_ events: [(key: RecordKey, event: SalesEvent)]) -> [RecordKey: KeyStanding] {
        var standings: [RecordKey: KeyStanding] = [:]
        var possible: [String: [(key: RecordKey, event: SalesEvent)]] = [:]
        for (key, event) in events {
            do throws(RejectReason) {
                guard let order = orders[event.order] else { throw SalesRejections.unknownOrder(event.order) }
                let lines = remaining(event, order)
                // What is done already needs nothing to be open.
                if !lines.isEmpty || !isDone(event, order) {
                    try demandState(order)
                    _ = try take(event, lines, from: OpenLines(order, rules))
                    possible[event.order, default: []].append((key, event))
                }
                standings[key] = .known(spelling: key)
            } catch {
                standings[key] = .unsuitable(error)
            }
        }
        for (number, events) in possible where events.count > 1 {
            guard let order = orders[number] else { continue }
            for (key, reason) in together(events, order) { standings[key] = .unsuitable(reason) }
        }
        return standings
    }

    /// Whether the shop has a document for every part, or has the order cancelled.
    func isDone(_ event: SalesEvent, _ order: OrderSnapshot) -> Bool {
        guard rules.kind != .cancellations else { return Self.isCanceled(order) }
        let comments = Set((documents[order.id] ?? []).flatMap(\.comments))
        return event.parts(rules.kind).allSatisfy { comments.contains($0.marker) }
    }

    static func isCanceled(_ order: OrderSnapshot) -> Bool {
        order.state == "canceled" || order.lines.contains { $0.canceled.isPositive }
    }

    /// The rows of the parts that are not done.
    private func remaining(_ event: SalesEvent, _ order: OrderSnapshot) -> [SalesEvent.Line] {
        let comments = Set((documents[order.id] ?? []).flatMap(\.comments))
        return event.parts(rules.kind).filter { !comments.contains($0.marker) }.flatMap(\.lines)
    }

    func demandState(_ order: OrderSnapshot) throws(RejectReason) {
        let forbidden: Set<String> =
            switch rules.kind {
            case .despatches: ["payment_review", "holded", "canceled", "closed"]
            case .invoices, .cancellations: ["payment_review", "holded", "canceled", "complete", "closed"]
            case .credits: ["payment_review", "holded", "canceled", "closed"]
            }
        guard forbidden.contains(order.state) else { return }
        throw SalesRejections.state(
            rules.kind, OrderIdentity(number: order.incrementID, state: order.state, status: Escaped(order.status, limit: 40).description))
    }

    func take(_ event: SalesEvent, _ lines: [SalesEvent.Line], from open: OpenLines) throws(RejectReason) -> [OpenLines.Pick] {
        var open = open
        guard rules.kind != .cancellations else { return [] }
        if event.lines.isEmpty, (event.adjustment ?? 0).isZero, (event.shipping ?? 0).isZero {
            let everything = open.everything
            guard !everything.isEmpty else {
                throw SalesRejections.over(rules.kind, "everything", wanted: 1, open: "nothing")
            }
            return try open.take(everything, isWholeOrder: true)
        }
        return try open.take(lines)
    }

    /// Where the events of an order have more of a product than is open, none of those that have it can be told to be right.
    private func together(_ events: [(key: RecordKey, event: SalesEvent)], _ order: OrderSnapshot) -> [(RecordKey, RejectReason)] {
        let open = OpenLines(order, rules)
        var running = open
        let fits = events.allSatisfy { event in
            (try? running.take(remaining(event.event, order))) != nil
        }
        guard !fits else { return [] }
        var rejected: [(RecordKey, RejectReason)] = []
        let rows = events.map { event in remaining(event.event, order).map { ($0, Set(((try? open.rows(for: $0)) ?? []).map(\.id))) } }
        for index in events.indices {
            for (line, ids) in rows[index] {
                let sharing = events.indices.filter { other in rows[other].contains { !$0.1.isDisjoint(with: ids) } }
                let sum = sharing.flatMap { rows[$0] }.filter { !$0.1.isDisjoint(with: ids) }.map(\.0.quantity)
                    .reduce(ExactDecimal.zero) { $0.adding($1) ?? $0 }
                let candidates = order.lines.filter { ids.contains($0.id) }
                var trial = open
                let whole = SalesEvent.Line(sku: line.sku, orderLine: line.orderLine, quantity: sum)
                guard (try? trial.take([whole])) == nil else { continue }
                rejected.append(
                    (
                        events[index].key,
                        SalesRejections.overTogether(
                            rules.kind, line.sku ?? "row \(line.orderLine ?? "")", numbers: sharing.map { events[$0].event.number }, sum: "\(sum)",
                            open: open.openText(candidates))
                    ))
                break
            }
        }
        return rejected
    }
}
