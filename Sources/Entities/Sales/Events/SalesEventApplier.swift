package import Domain
package import Magento

/// Does each event once: looks for its remark among the order's documents, then makes the document, then, where no answer
/// came, looks again. A document is never sent twice within an attempt.
package struct SalesEventApplier: ChangeApplier {
    let client: MagentoClient
    let rules: SalesEventRules
    let timeline: Timeline

    package init(client: MagentoClient, rules: SalesEventRules, timeline: Timeline) {
        self.client = client
        self.rules = rules
        self.timeline = timeline
    }

    /// Each is a look and a call of its own.
    package var batchSize: Int { get async { 20 } }

    package func standings(of keys: [RecordKey]) async throws -> [RecordKey: KeyStanding] {
        Dictionary(keys.map { ($0, .known(spelling: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    package func standings(of newcomers: [Newcomer]) async throws -> [RecordKey: KeyStanding] {
        var events: [(key: RecordKey, event: SalesEvent)] = []
        for newcomer in newcomers {
            if let event = try? SalesEvent(encoded: newcomer.value) { events.append((newcomer.key, event)) }
        }
        let (orders, documents) = try await look(Set(events.map(\.event.order)))
        return SalesEventJudge(rules: rules, orders: orders, documents: documents).standings(events)
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

    package func apply(_ changes: [Change]) async -> [ChangeAnswer] {
        var answers: [ChangeAnswer] = []
        var sight = Sight()
        for change in changes {
            // What keeps the shop from answering one keeps it from answering all.
            if let outage = sight.outage {
                answers.append(.deferred(outage))
                continue
            }
            guard let event = try? SalesEvent(encoded: change.after) else {
                answers.append(.rejected(SalesRejections.unreadable))
                continue
            }
            do {
                if sight.orders[event.order] == nil { try await preload(&sight, changes[answers.count...], event.order) }
                answers.append(try await perform(event, &sight))
            } catch {
                let diagnostic = SourceItemsApplier.diagnostic(error)
                sight.outage = diagnostic
                answers.append(.deferred(diagnostic))
            }
        }
        return answers
    }

    /// What was seen of the shop. An order that something was sent to is looked at anew.
    struct Sight {
        var orders: [String: OrderSnapshot] = [:]
        var documents: [Int: [SalesDocument]] = [:]
        var outage: Diagnostic?

        mutating func forget(_ order: OrderSnapshot) {
            orders[order.incrementID] = nil
            documents[order.id] = nil
        }
    }

    private func preload(_ sight: inout Sight, _ changes: ArraySlice<Change>, _ first: String) async throws {
        var numbers: Set<String> = [first]
        for change in changes { if let event = try? SalesEvent(encoded: change.after) { numbers.insert(event.order) } }
        let (orders, documents) = try await look(numbers.filter { sight.orders[$0] == nil })
        sight.orders.merge(orders) { $1 }
        sight.documents.merge(documents) { $1 }
    }

    func look(_ numbers: Set<String>) async throws -> (orders: [String: OrderSnapshot], documents: [Int: [SalesDocument]]) {
        guard !numbers.isEmpty else { return ([:], [:]) }
        let found = try await client.orders.find(numbers.sorted())
        let orders = Dictionary(found.map { ($0.incrementID, $0) }, uniquingKeysWith: { $1 })
        return (orders, try await documents(found.map(\.id)))
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
