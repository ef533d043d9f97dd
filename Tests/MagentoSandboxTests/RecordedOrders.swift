@testable import MagentoSandbox

/// The orders that shoppers placed between the recordings. Their placing was not recorded; number, time, rows and addresses
/// are those that later answers show.
enum RecordedOrders {
    /// 2026-11-21T00:00:00Z.
    private static let midnight: Int64 = 1_795_219_200

    /// Prices, weights and ids of the products as the recorded rows tell them.
    static func addProducts(to state: inout ShopState) {
        let priced = [
            "WID-52-BLK": "17.32", "WID-53-RED": "9.08", "WID-50-BLK": "16.83", "WID-51-BLK": "9.37", "WID-58-BLK": "12.48",
            "WID-58-RED": "12.67", "WID-59-BLK": "17.31", "WID-40-BLK": "15.21", "WID-40-RED": "10.06", "HOOD-BLA": "20",
        ]
        for (sku, price) in priced.sorted(by: { $0.key < $1.key }) {
            state.catalogue.add(sku: sku, price: Money(numeric: price) ?? .zero)
            for source in ["main", "north"] { state.sourceItems.upsert(sku: sku, source: source, quantity: Quantity(100), isInStock: true) }
        }
        for sku in ["WID-45-BLK", "WID/45/BLK", "Ünï-45", "WID-46-BLK"] { stock(sku, 500, &state) }
        for sku in ["WID-44-BLK", "WID-44-RED", "WID-44-BLU", "WID-44-GRN"] {
            state.catalogue.add(sku: sku)
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(10), isInStock: true)
        }
    }

    /// Places what had been placed before an exchange, once.
    static func place(before transcript: Transcript, _ state: inout ShopState) {
        guard state.stocks.contains(where: { $0.id == 2 }) else { return }
        for (id, seconds, draft) in all where state.sales[id] == nil && midnight + seconds <= transcript.time {
            guard id == state.sales.counters.order + 1 else {
                // Orders that no recording shows took the numbers between.
                state.sales.counters.order = id - 1
                place(id, seconds, draft, &state)
                continue
            }
            place(id, seconds, draft, &state)
        }
    }

    private static func place(_ id: Int, _ seconds: Int64, _ draft: OrderDraft, _ state: inout ShopState) {
        if let first = firstLines[id] { state.sales.counters.line = first - 1 }
        do {
            try state.place(draft, now: midnight + seconds)
        } catch {
            preconditionFailure("order \(id) of the recordings cannot be placed: \(error)")
        }
    }

    /// Row ids that later requests name.
    private static let firstLines = [12: 19, 13: 20, 17: 28, 37: 90, 38: 92, 39: 93, 42: 96, 181: 561, 182: 563, 183: 564, 184: 566]

    private static let all: [(Int, Int64, OrderDraft)] = {
        var orders: [(Int, Int64, OrderDraft)] = []
        func add(_ id: Int, _ clock: (Int64, Int64, Int64), _ lines: [OrderDraft.Line], _ change: (inout OrderDraft) -> Void = { _ in }) {
            var draft = OrderDraft(lines)
            draft.billing.region = "West Yorkshire"
            change(&draft)
            orders.append((id, clock.0 * 3600 + clock.1 * 60 + clock.2, draft))
        }
        let tenOff = { (line: OrderDraft.Line) in
            var line = line
            line.discountPercent = Money(10)
            return line
        }
        add(
            1, (1, 29, 19),
            [
                .init("WID-45-BLK", Quantity(2), price: Money(pence: 1250)), .init("WID/45/BLK", price: Money(pence: 1194)),
                .init("Ünï-45", Quantity(3), price: Money(pence: 1377)),
            ].map(tenOff)
        ) { $0.coupon = "TENOFF" }
        add(2, (1, 29, 20), [.init("WID-52-BLK", Quantity(4)), .init("WID-53-RED")]) {
            $0.buyer = .init(customerID: 1, groupID: 4, taxNumber: "GB123456789")
        }
        let company = { (draft: inout OrderDraft) in
            draft.billing.company = "Acme & Sons 1 Ltd"
            draft.billing.street = ["Unit 4, Canal Yard", "2nd floor"]
        }
        add(
            3, (1, 29, 39), [.init("HOOD-BLA", price: Money(20), form: .variant(of: "HOOD")), .init("WID-46-BLK", price: Money(pence: 1138))], company
        )
        add(4, (1, 29, 41), [.init("KIT-1", form: .bundle([.init("WID-50-BLK", each: Quantity(2)), .init("WID-51-BLK")], .init()))])
        let widget = { (quantity: Int64) in [OrderDraft.Line("WID-45-BLK", Quantity(quantity))] }
        for (id, minute, second, quantity) in [
            (5, 30, 37, 10), (6, 30, 52, 5), (7, 31, 1, 8), (8, 31, 16, 4), (9, 31, 18, 3), (10, 31, 28, 3), (11, 31, 34, 1),
            (12, 31, 38, 6), (13, 31, 52, 5), (14, 32, 1, 9), (15, 32, 50, 2), (16, 32, 52, 2), (17, 32, 54, 2),
        ] as [(Int, Int64, Int64, Int64)] {
            add(id, (1, minute, second), widget(quantity)) { if id == 17 { $0.buyer.customerID = 3 } }
        }
        for id in 18...36 { add(id, (1, 32, 54 + Int64(id - 17)), widget(2)) }
        add(37, (1, 34, 30), [.init("WID-58-BLK", Quantity(5)), .init("WID-58-RED", Quantity(2))])
        add(38, (1, 34, 39), widget(1))
        add(39, (1, 48, 20), widget(10))
        add(42, (1, 48, 27), [.init("WID-59-BLK", Quantity(4))], company)
        add(181, (2, 1, 50), widget(2))
        add(182, (2, 1, 59), widget(2))
        add(183, (2, 2, 1), widget(2))
        add(184, (2, 2, 31), [.init("WID-40-BLK", Quantity(2)), .init("WID-40-RED", Quantity(3))])
        return orders
    }()

    private static func stock(_ sku: String, _ quantity: Int64, _ state: inout ShopState) {
        state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(quantity), isInStock: true)
    }
}
