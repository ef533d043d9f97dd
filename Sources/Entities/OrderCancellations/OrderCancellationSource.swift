package import Domain
import Magento

/// What was cancelled in the shop of orders that have left for the ERP, as documents on their way out: one for each time that something
/// was cancelled which the ERP has not been told of.
package struct OrderCancellationSource: DocumentSource {
    private static let chunk = 50

    private let orders: OrderSource
    private let reader: OrderReader
    private let settings: OrderCancellationSettings
    private let books: any CancellationBooks
    /// Nothing of what has left was cancelled before.
    private let start: UTCInstant

    /// - Parameter orders: the orders as the flow of orders reads them.
    package init(
        orders: OrderSource, settings: OrderCancellationSettings, books: any CancellationBooks, start: UTCInstant
    ) {
        self.orders = orders
        reader = OrderReader(currency: orders.settings.currency)
        self.settings = settings
        self.books = books
        self.start = start
    }

    /// Orders of which something was cancelled since then; those besides whose cancellation waits, because their order may have come to
    /// stand in the ERP's folder without a change in the shop.
    package func sweep(since changed: UTCInstant?, _ visit: ([DocumentSighting]) async throws -> Void) async throws -> UTCInstant? {
        var latest: UTCInstant?
        var reduced: [Int64] = []
        let range = OrderSearch.Range(changedSince: changed ?? start, stores: orders.settings.stores)
        let began = try await orders.client.orderSearch.sweep(range, fields: OrderSearch.reductionFields) { page in
            for json in page {
                guard let place = json["entity_id"]?.whole else { continue }
                if let modified = json["updated_at"]?.text.flatMap(ShopTime.instant) { latest = max(latest ?? modified, modified) }
                if Self.isReduced(json), try isTold(json, place: Int64(place)) { reduced.append(Int64(place)) }
            }
        }
        let places = Set(reduced).union(try books.openCancellations()).sorted()
        for start in stride(from: 0, to: places.count, by: Self.chunk) {
            let found = try await fetch(Array(places[start..<min(start + Self.chunk, places.count)]))
            try await visit(found.map(\.observation))
        }
        return began ?? latest
    }

    package func fetch(_ places: [Int64]) async throws -> [OutboundDocument] {
        try await orders.orders(places).compactMap { json in try document(json) }
    }

    private static func isReduced(_ json: JSON) -> Bool {
        if json["state"]?.text == "canceled" { return true }
        return (json["items"]?.elements ?? []).contains { item in
            ["qty_canceled", "qty_refunded"].contains { item[$0]?.decimal.map { !$0.isZero } ?? false }
        }
    }

    private func isTold(_ json: JSON, place: Int64) throws -> Bool { try told(json, place: place) != nil }

    private func told(_ json: JSON, place: Int64) throws -> ToldOrder? {
        guard let number = json["increment_id"]?.text, !number.isEmpty else { return nil }
        return try books.toldOrder(
            RecordKey(number), place: place, placed: json["created_at"]?.text.flatMap(ShopTime.instant))
    }

    /// `nil` for an order that the ERP was never told of.
    private func document(_ json: JSON) throws -> OutboundDocument? {
        guard var observation = orders.observation(json), let told = try told(json, place: observation.place) else { return nil }
        let current = told.cancellations.first(where: \.isOpen)?.identity
        let earlier = told.cancellations.filter { $0.identity != current }
        let next = observation.identity.cancellation(told.cancellations.count + 1)
        var content = json
        do throws(DocumentRefusal) {
            let order = try reader.read(json)
            guard let then = ToldQuantities(told.told) else { return nil }
            var cancellation = OrderCancellation(
                order, shipped: Self.shipped(json), told: then, earlier: earlier.compactMap { $0.told.flatMap(CancelledQuantities.init) },
                countsRefunds: settings.countsRefunds)
            cancellation.erpNumber = told.erpNumber
            observation.readiness = readiness(cancellation, told)
            observation.identity = current ?? (cancellation.rows.isEmpty ? told.cancellations.last?.identity ?? next : next)
            if case .object(var members) = json {
                members[OrderCancellation.member] = cancellation.json
                content = .object(members)
            }
        } catch {
            observation.readiness = .waiting(error.reason.text)
            observation.identity = current ?? next
        }
        return OutboundDocument(observation: observation, content: content.bytes)
    }

    private func readiness(_ cancellation: OrderCancellation, _ told: ToldOrder) -> DocumentReadiness {
        if told.isCancelledByERP { return .passed("the ERP cancelled the order itself") }
        if told.isRefused { return .passed("the ERP did not take the order") }
        if cancellation.rows.isEmpty { return .passed("nothing is cancelled that the ERP has not been told of") }
        guard told.isPlaced else { return .waiting("its order is on its way in \(Escaped(told.file))") }
        guard settings.after == .sent || told.isAnswered else { return .waiting("the ERP has not answered the order") }
        return .ready
    }

    /// What has gone of each row. A bundle and its parts are shipped by one or the other: the larger figure stands for both, so that
    /// nothing is called off that may have gone.
    private static func shipped(_ json: JSON) -> [Int: ExactDecimal] {
        let items = json["items"]?.elements ?? []
        let own = items.reduce(into: [Int: ExactDecimal]()) { shipped, item in
            if let id = item["item_id"]?.whole { shipped[id] = OrderReader.amount(item, "qty_shipped") }
        }
        return items.reduce(into: own) { shipped, item in
            guard let id = item["item_id"]?.whole, let parent = item["parent_item_id"]?.whole else { return }
            shipped[id] = max(shipped[id] ?? .zero, own[parent] ?? .zero)
            shipped[parent] = max(shipped[parent] ?? .zero, own[id] ?? .zero)
        }
    }
}
