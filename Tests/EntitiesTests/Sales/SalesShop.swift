import Domain
import Entities
import Magento
import MagentoSandbox
import TestKit

/// Orders of a stand-in shop, and an applier for one kind of the ERP's answers to them.
struct SalesShop {
    let direct: DirectShop
    let client: MagentoClient
    let timeline: Timeline

    init(
        _ lines: [[OrderDraft.Line]] = [[.init("A", Quantity(5)), .init("B", Quantity(2))]],
        prepare: (inout ShopState) -> Void = { _ in },
        mishap: @escaping @Sendable (ShopCall) -> DirectShop.Mishap? = { _ in nil }
    ) throws {
        var state = Self.empty
        prepare(&state)
        for line in lines { try state.place(OrderDraft(line), now: 1_795_223_000) }
        direct = DirectShop(state, mishap: mishap)
        client = MagentoClient(transport: direct)
        timeline = ManualTimeline().timeline
    }

    static let empty: ShopState = {
        var state = ShopState.empty
        for sku in ["A", "B", "C", "00472-BLK"] {
            state.catalogue.add(sku: sku, price: Money(pence: 1000))
            for source in ["main", "north"] { state.sourceItems.upsert(sku: sku, source: source, quantity: Quantity(100), isInStock: true) }
        }
        state.catalogue.add(sku: "KIT", kind: .bundle)
        state.catalogue.add(sku: "HOOD", kind: .configurable)
        return state
    }()

    func applier(
        _ kind: SalesEventKind = .despatches, books: (any OrderBooks)? = nil, _ change: (inout SalesEventRules) -> Void = { _ in }
    ) -> SalesEventApplier {
        var rules = SalesEventRules(kind: kind)
        rules.source = kind == .despatches ? "main" : nil
        if kind != .despatches { rules.letters = .none }
        change(&rules)
        return SalesEventApplier(client: client, rules: rules, timeline: timeline, books: books)
    }

    static func despatch(
        _ number: String, _ lines: [(String, ExactDecimal)], order: String = "000000001", tracks: [String] = [], source: String? = "main"
    ) -> SalesEvent {
        SalesEvent(
            number: number, order: order, lines: lines.map { .init(sku: $0.0, source: source, quantity: $0.1) },
            tracks: tracks.map { .init(carrier: "DPD", number: $0) })
    }

    static func change(_ event: SalesEvent, id: Int64 = 1) -> Change {
        Change(
            id: id, key: RecordKey(event.number), before: nil, after: event.normalised()?.encoded ?? [],
            version: UTCInstant(seconds: 1_795_230_000))
    }

    func standings(_ events: [SalesEvent], _ applier: SalesEventApplier) async throws -> [String: RejectReason?] {
        let unconfirmed = events.map { UnconfirmedKey(key: RecordKey($0.number), value: $0.normalised()?.encoded ?? []) }
        return Dictionary(
            uniqueKeysWithValues: try await applier.lookUp(unconfirmed).map { key, standing in
                if case .unsuitable(let reason) = standing { (key.text, reason) } else { (key.text, nil) }
            })
    }

    var shipments: [Shipment] { direct.withShop { $0.sales.shipments } }
    var notifications: [SalesBook.Notification] { direct.withShop { $0.sales.notifications } }
}
