import Domain
import Magento

/// Whether a file's events are possible: each by itself, and all of an order together.
struct SalesEventJudge {
    let rules: SalesEventRules
    /// By increment id.
    let orders: [String: OrderSnapshot]
    /// By order id.
    let documents: [Int: [SalesDocument]]
    /// By order id, the remarks of all its documents.
    private let marks: [Int: Set<String>]
    /// By increment id: when an order left for the ERP.
    let departures: [String: UTCInstant]

    init(
        rules: SalesEventRules, orders: [String: OrderSnapshot] = [:], documents: [Int: [SalesDocument]] = [:],
        departures: [String: UTCInstant] = [:]
    ) {
        self.rules = rules
        self.orders = orders
        self.documents = documents
        marks = documents.mapValues { Set($0.flatMap(\.comments)) }
        self.departures = departures
    }

    /// In the order of the file.
    func standings(_ events: [(key: RecordKey, event: SalesEvent)]) -> [RecordKey: KeyLookup] {
        var standings: [RecordKey: KeyLookup] = [:]
        var possible: [String: [(key: RecordKey, event: SalesEvent)]] = [:]
        // One look at each order, however many events it has.
        let hands = orders.mapValues { order in
            HandMade(documents[order.id] ?? [], of: order, rules, claims: [:], mark: "", since: departures[order.incrementID])
        }
        for (key, event) in events {
            do throws(RejectReason) {
                guard let order = orders[event.order] else { throw SalesRejections.unknownOrder(event.order) }
                let lines = remaining(event, order)
                // What is done already needs nothing to be open.
                // What a person has posted is judged when it is sent, one event after the other: only then is it known which of
                // them it stands for.
                if hands[event.order]?.concerns(event) != true, !lines.isEmpty || !isDone(event, order) {
                    try demandState(order)
                    _ = try take(event, lines, from: hands[event.order]?.open ?? OpenLines(order, rules))
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
        let marks = marks[order.id] ?? []
        return event.parts(rules.kind).allSatisfy { marks.contains($0.marker) }
    }

    static func isCanceled(_ order: OrderSnapshot) -> Bool {
        order.state == "canceled" || order.lines.contains { $0.canceled.isPositive }
    }

    /// The rows of the parts that are not done.
    private func remaining(_ event: SalesEvent, _ order: OrderSnapshot) -> [SalesEvent.Line] {
        let marks = marks[order.id] ?? []
        return event.parts(rules.kind).filter { !marks.contains($0.marker) }.flatMap(\.lines)
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
        return shared(events, order, open)
    }

    /// The events that have rows of the order in common of which they want more than is open, with the sum of all of them.
    private func shared(
        _ events: [(key: RecordKey, event: SalesEvent)], _ order: OrderSnapshot, _ open: OpenLines
    ) -> [(RecordKey, RejectReason)] {
        var groups = RowGroups()
        var wants: [(event: Int, row: Int, line: SalesEvent.Line)] = []
        for (index, item) in events.enumerated() {
            for line in remaining(item.event, order) {
                let ids = ((try? open.rows(for: line)) ?? []).map(\.id)
                guard let first = ids.first else { continue }
                for id in ids.dropFirst() { groups.join(first, id) }
                wants.append((index, first, line))
            }
        }
        let lines = Dictionary(grouping: order.lines) { groups.root(of: $0.id) }
        var rejected: [(RecordKey, RejectReason)] = []
        var told: Set<Int> = []
        for (root, wanted) in Dictionary(grouping: wants, by: { groups.root(of: $0.row) }).sorted(by: { $0.key < $1.key }) {
            let sum = wanted.reduce(ExactDecimal.zero) { $0.adding($1.line.quantity) ?? $0 }
            let rows = lines[root] ?? []
            guard open.total(of: rows) < sum, let first = wanted.first?.line else { continue }
            let numbers = Set(wanted.map(\.event)).sorted().map { events[$0].event.number }
            let reason = SalesRejections.overTogether(
                rules.kind, first.sku ?? "row \(first.orderLine ?? "")", numbers: numbers, sum: "\(sum)", open: open.openText(rows))
            for index in Set(wanted.map(\.event)).sorted() where told.insert(index).inserted { rejected.append((events[index].key, reason)) }
        }
        return rejected
    }
}

/// Rows that the same line of a file may mean, put together.
private struct RowGroups {
    private var parents: [Int: Int] = [:]

    func root(of row: Int) -> Int {
        var root = row
        while let parent = parents[root] { root = parent }
        return root
    }

    mutating func join(_ one: Int, _ other: Int) {
        let (first, second) = (root(of: one), root(of: other))
        if first != second { parents[max(first, second)] = min(first, second) }
    }
}
