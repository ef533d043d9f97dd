@testable import MagentoSandbox

/// The orders of the second recorded shop that its recordings name, with the ids of their rows; the orders between them are not recorded.
enum SecondShopOrders {
    private static let midnight: Int64 = 1_795_996_800
    private static let parts: [OrderDraft.Line.Part] = [.init("P00001"), .init("P00002", each: Quantity(4))]

    static func place(in state: inout ShopState) {
        for (id, firstLine, draft) in all {
            state.sales.counters.order = id - 1
            state.sales.counters.line = firstLine - 1
            do {
                try state.place(draft, now: midnight)
            } catch {
                preconditionFailure("order \(id) of the recordings cannot be placed: \(error)")
            }
        }
        try? state.comment(21, "For W-21", status: nil, isNotified: false, isVisible: false, now: midnight)
        for id in [21, 33] { state.sales.update(id) { $0.externalID = "W-\(id)" } }
        for id in [189, 190, 191, 339, 340, 341] { invoice(id, &state) }
        for id in [176, 177] {
            invoice(id, &state)
            ship(id, 1, &state)
        }
    }

    /// `lines`: rows, by place in the order; `nil`: all.
    static func invoice(_ id: Int, _ state: inout ShopState) {
        guard let lines = state.sales[id]?.lines, let wanted = invoiced[id] else { return }
        let settled = zip(lines, wanted).filter { $0.1 > 0 }.map { ($0.0.id, Quantity($0.1)) }
        _ = try? state.invoice(id, SettlementRequest(lines: settled), now: midnight)
    }

    static func ship(_ id: Int, _ pieces: Int64, _ state: inout ShopState) {
        guard let line = state.sales[id]?.lines.first?.id else { return }
        _ = try? state.ship(id, ShipmentRequest(lines: [(line, Quantity(pieces))], source: "main"), now: midnight)
    }

    static func shipRest(_ id: Int, now: Int64, _ state: inout ShopState) {
        _ = try? state.ship(id, ShipmentRequest(lines: [], source: "main"), now: now)
    }

    /// Pieces of each row that had been invoiced before the recording.
    private static let invoiced: [Int: [Int64]] = [
        176: [2], 177: [2], 189: [1], 190: [1], 191: [5], 339: [3, 1], 340: [0, 1], 341: [3, 1],
    ]

    private static let all: [(Int, Int, OrderDraft)] = {
        var orders: [(Int, Int, OrderDraft)] = []
        func add(_ id: Int, _ firstLine: Int, _ lines: [OrderDraft.Line], _ change: (inout OrderDraft) -> Void = { _ in }) {
            var draft = OrderDraft(lines)
            draft.billing = SalesAddress(
                firstName: "Ann", lastName: "Smith", street: ["1 High St"], postcode: "LS1 1AA", region: nil, telephone: "0113 1", email: "ann@x.test"
            )
            draft.taxPercent = Money(20)
            change(&draft)
            orders.append((id, firstLine, draft))
        }
        add(4, 9, [.init("P00001", Quantity(2))])
        let reduced = [("P00396", 3, Money(5)), ("P00007", 1, .zero)] as [(String, Int64, Money)]
        let discounted = reduced.map { sku, pieces, tax in
            var line = OrderDraft.Line(sku, Quantity(pieces), discountPercent: Money(10))
            line.taxPercent = tax
            return line
        }
        add(21, 51, discounted) { ($0.coupon, $0.taxPercent, $0.shippingTaxPercent) = ("SAVE10", Money(5), Money(20)) }
        add(33, 81, [.init("P00008")]) { ($0.taxPercent, $0.shippingTaxPercent) = (.zero, Money(20)) }
        add(50, 121, [.init("P00009", Quantity(2))]) { ($0.taxPercent, $0.shippingTaxPercent) = (Money(5), Money(20)) }
        for id in 162...175 {
            let isTogether = id < 169
            let pieces: Int64 = [166, 167, 173, 174].contains(id) ? 2 : 1
            let bundle = SalesLine.Bundle(shipsSeparately: !isTogether, hasFixedPrice: isTogether)
            add(
                id, 373 + (id - 162) * 4,
                [.init(isTogether ? "BUN-FIX" : "BUN-DYN", Quantity(pieces), form: .bundle(parts, bundle)), .init("P00005")])
        }
        add(176, 429, [.init("P03011", Quantity(2)), .init("P03995")])
        add(177, 431, [.init("P03012", Quantity(2)), .init("P03995")])
        for id in 186...194 {
            add(id, 449 + (id - 186) * 2, [.init("P00005", Quantity([188, 191, 194].contains(id) ? 5 : 1)), .init("P00006")])
        }
        for (id, line) in [(236, 508), (243, 515)] { add(id, line, [.init("P00010")]) }
        let partial = [("P00006", 3), ("P00007", 4), ("P00008", 2), ("P00009", 1)] as [(String, Int64)]
        for id in 339...341 { add(id, 611 + (id - 339) * 4, partial.map { .init($0.0, Quantity($0.1)) }) }
        add(345, 626, [.init("P00006")]) { ($0.storeID, $0.incrementID) = (2, "000000004") }
        for (id, line) in [(394, 675), (420, 701), (476, 757)] { add(id, line, [.init("P00011")]) }
        return orders
    }()
}
