package import Domain
package import Magento

/// Does each event once: looks for its remark among the order's documents, then makes the document, then, where no answer
/// came, looks again. What has no answer is sent again only after `CallBook`'s wait, and until then nothing else of its order.
package struct SalesEventApplier: ChangeApplier {
    let client: MagentoClient
    let rules: SalesEventRules
    let timeline: Timeline
    private let books: (any OrderBooks)?
    /// How many orders may be worked on at one time; `nil`: one (decision 0161).
    let flights: FlightControl?

    /// - Parameter books: which orders have left for the ERP and when; without them every document of an order counts.
    package init(client: MagentoClient, rules: SalesEventRules, timeline: Timeline, books: (any OrderBooks)? = nil) {
        self.client = client
        self.rules = rules
        self.timeline = timeline
        self.books = books
        flights =
            switch rules.kind {
            case .invoices: client.pace.control("order/:id/invoice")
            case .credits: client.pace.control("order/:id/refund")
            case .despatches, .cancellations: nil
            }
    }

    /// Each is a look and a call of its own.
    package var batchSize: Int { get async { 20 } }

    package func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup] {
        Dictionary(keys.map { ($0, .known(spelling: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    package func lookUp(_ unconfirmed: [UnconfirmedKey]) async throws -> [RecordKey: KeyLookup] {
        var events: [(key: RecordKey, event: SalesEvent)] = []
        for newcomer in unconfirmed {
            if let event = try? SalesEvent(encoded: newcomer.value) { events.append((newcomer.key, event)) }
        }
        let (orders, documents) = try await look(Set(events.map(\.event.order)))
        var departures: [String: UTCInstant] = [:]
        for number in orders.keys { departures[number] = try departure(of: number) }
        return SalesEventJudge(rules: rules, orders: orders, documents: documents, departures: departures).standings(events)
    }

    /// The shop does not tell which of its documents came from the ERP before there was an interface; each number is looked
    /// for when it comes.
    package func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws {}

    package func readBack(_ changes: [Change]) async throws -> [ObservedValue] {
        let events = changes.compactMap { change in (try? SalesEvent(encoded: change.after)).map { (change, $0) } }
        let (orders, documents) = try await look(Set(events.map(\.1.order)))
        let judge = SalesEventJudge(rules: rules, orders: orders, documents: documents)
        return events.compactMap { change, event in
            guard let order = orders[event.order], judge.isDone(event, order), hasTracks(event, documents[order.id] ?? []) else {
                return nil
            }
            return ObservedValue(key: change.key, value: change.after)
        }
    }

    package func apply(_ changes: [Change], _ calls: any CallBook) async throws -> [ChangeAnswer] {
        let stop = StopSign()
        var answers = [ChangeAnswer?](repeating: nil, count: changes.count)
        await withTaskGroup(of: [(index: Int, answer: ChangeAnswer)].self) { group in
            var rest = queues(changes)[...]
            var count = 0
            while true {
                while count < flights?.calls ?? 1, let queue = rest.popFirst() {
                    count += 1
                    group.addTask { await perform(queue, calls, stop) }
                }
                guard let done = await group.next() else { return }
                count -= 1
                for (index, answer) in done { answers[index] = answer }
            }
        }
        if let failure = stop.failure { throw failure }
        return answers.map { $0 ?? .rejected(SalesRejections.unreadable) }
    }

    package func review(_ calls: any CallBook) async throws {
        let watched = try calls.watched(of: rules.kind.rawValue)
        guard !watched.isEmpty else { return }
        let (orders, documents) = try await look(Set(watched.map(\.subject)))
        for call in watched {
            guard let order = orders[call.subject] else { continue }
            do {
                try EventCalls(calls, rules.kind, order: call.subject, key: call.key).reportDoubles(documents[order.id] ?? [], of: call.mark)
            } catch {
                throw error.cause
            }
        }
    }

    /// An order as the shop has it now, with its documents.
    struct Sight {
        var order: OrderSnapshot
        var documents: [SalesDocument]

        func document(_ mark: String) -> SalesDocument? { documents.first { $0.comments.contains(mark) } }
    }

    /// `nil` where the shop has no such order. Documents are read after the order: what the order lacks because of one, the
    /// list of documents shows.
    func look(at number: String) async throws -> Sight? {
        let (orders, documents) = try await look([number])
        return orders[number].map { Sight(order: $0, documents: documents[$0.id] ?? []) }
    }

    /// When the order first left for the ERP; `nil` where that is not known.
    func departure(of order: String) throws -> UTCInstant? {
        let key = RecordKey(order)
        return try books?.departures(of: [key])[key]?.compactMap(\.placed).min()
    }

    func look(_ numbers: Set<String>) async throws -> (orders: [String: OrderSnapshot], documents: [Int: [SalesDocument]]) {
        guard !numbers.isEmpty else { return ([:], [:]) }
        let found = try await client.orders.find(numbers.sorted())
        let orders = try Dictionary(grouping: try await withBundles(found), by: \.incrementID).compactMapValues(only)
        return (orders, try await documents(found.map(\.id)))
    }

    /// Whether a bundle's parts leave together or apart is its product's own business; the order does not tell. Without the right to read
    /// products the settings' word counts.
    private func withBundles(_ orders: [OrderSnapshot]) async throws -> [OrderSnapshot] {
        guard rules.kind == .despatches else { return orders }
        let bundles = Set(orders.flatMap(\.lines).filter { $0.kind == "bundle" }.compactMap(\.product))
        guard !bundles.isEmpty else { return orders }
        let kinds: [Int: Bool]
        do { kinds = try await client.catalogue.shipsTogether(ids: bundles.sorted()) } catch let diagnostic as Diagnostic
            where diagnostic.code == "SHOP-PERMISSION"
        {
            return orders
        }
        return orders.map { order in
            var order = order
            for index in order.lines.indices where order.lines[index].kind == "bundle" {
                order.lines[index].shipsTogether = order.lines[index].product.flatMap { kinds[$0] }
            }
            return order
        }
    }

    /// Two store views may have used one number. What comes back is meant for the order that left under it, or for nobody.
    private func only(_ orders: [OrderSnapshot]) throws -> OrderSnapshot? {
        guard orders.count > 1 else { return orders.first }
        let place = try orders.first.flatMap { try books?.place(of: $0.incrementID) }
        return orders.first { Int64($0.id) == place }
    }

    func documents(_ orders: [Int]) async throws -> [Int: [SalesDocument]] {
        guard !orders.isEmpty else { return [:] }
        let found: [SalesDocument] =
            switch rules.kind {
            case .despatches: try await client.shipments.find(orders: orders)
            case .invoices: try await client.invoices.find(orders: orders)
            case .credits: try await client.creditMemos.find(orders: orders)
            case .cancellations: []
            }
        return Dictionary(grouping: found, by: \.order)
    }

    /// Tracking numbers hang at the first of the event's shipments.
    func hasTracks(_ event: SalesEvent, _ documents: [SalesDocument]) -> Bool {
        guard rules.kind == .despatches, !event.tracks.isEmpty else { return true }
        let markers = Set(event.parts(rules.kind).map(\.marker))
        let tracks = Set(documents.filter { !markers.isDisjoint(with: $0.comments) }.flatMap(\.tracks))
        return event.tracks.allSatisfy { tracks.contains($0.number) }
    }
}
