import Testing

@testable import MagentoSandbox

/// Which goods a credit memo frees, in the ten cases that were recorded (transcripts-2, finding 17: credit-00-story, credit-01 to credit-02b), and
/// what the shop does with goods that were freed and shipped all the same.
struct CreditOrderTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var shipped: Int64
        /// Pieces of each credit memo, and whether they go back into stock.
        var credits: [(Int64, Bool)]
        /// What source, reservations and the row's refunded count are after them, of 100 pieces and an order of 2.
        var source: Int64
        var reserved: Int64

        var testDescription: String { name }
    }

    private static let cases = [
        Case(name: "A shipped 1 of 2, credit 1 without return", shipped: 1, credits: [(1, false)], source: 98, reserved: 0),
        Case(name: "B shipped 1 of 2, credit 1 with return", shipped: 1, credits: [(1, true)], source: 99, reserved: 0),
        Case(name: "C shipped 1, credit 1 without, then 1 more", shipped: 1, credits: [(1, false), (1, false)], source: 98, reserved: 0),
        Case(name: "D shipped 1, credit 1 with, then 1 more", shipped: 1, credits: [(1, true), (1, true)], source: 100, reserved: 0),
        Case(name: "E shipped 0, credit 1 without", shipped: 0, credits: [(1, false)], source: 99, reserved: -1),
        Case(name: "F shipped 0, credit 1 with", shipped: 0, credits: [(1, true)], source: 100, reserved: -1),
        Case(name: "G shipped 2, credit 1 without", shipped: 2, credits: [(1, false)], source: 98, reserved: 0),
        Case(name: "H shipped 2, credit 1 with", shipped: 2, credits: [(1, true)], source: 99, reserved: 0),
        Case(name: "I shipped 1, credit 2 at once with", shipped: 1, credits: [(2, true)], source: 100, reserved: 0),
        Case(name: "J shipped 1, credit 2 at once without", shipped: 1, credits: [(2, false)], source: 98, reserved: 0),
    ]

    private static func shop() -> ShopState {
        var state = ShopState.empty
        for sku in ["X", "Y"] {
            state.catalogue.add(sku: sku)
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(100), isInStock: true)
        }
        return state
    }

    private static func ship(_ quantity: Int64, _ state: inout ShopState) -> Int {
        state.ask(
            "POST", "/rest/V1/order/1/ship",
            #"{"items":[{"order_item_id":1,"qty":\#(quantity)}],"arguments":{"extension_attributes":{"source_code":"main"}}}"#
        ).status
    }

    private static func credit(_ quantity: Int64, isReturned: Bool, _ state: inout ShopState) -> Int {
        let returned = isReturned ? #","extension_attributes":{"return_to_stock_items":[1]}"# : ""
        return state.ask(
            "POST", "/rest/V1/order/1/refund",
            #"{"items":[{"order_item_id":1,"qty":\#(quantity)}],"arguments":{"shipping_amount":0\#(returned)}}"#
        ).status
    }

    private static func reserved(_ state: ShopState) -> Quantity {
        state.reservations.filter { $0.sku == "X" }.map(\.quantity).reduce(.zero, +)
    }

    @Test(arguments: cases)
    private func `a credit memo frees goods that have not left before it touches those that have, as recorded in credit-00-story`(_ recorded: Case)
        throws
    {
        var state = Self.shop()
        try state.place(OrderDraft([.init("X", Quantity(2)), .init("Y", Quantity(1))]), now: 1_795_224_000)
        #expect(state.ask("POST", "/rest/V1/order/1/invoice", #"{"items":[{"order_item_id":1,"qty":2}]}"#).status == 200)
        if recorded.shipped > 0 { #expect(Self.ship(recorded.shipped, &state) == 200) }

        for (quantity, isReturned) in recorded.credits { #expect(Self.credit(quantity, isReturned: isReturned, &state) == 200) }

        #expect(state.sourceItems.item(sku: "X", source: "main")?.quantity == Quantity(recorded.source))
        #expect(Self.reserved(state) == Quantity(recorded.reserved))
    }

    @Test func `credit-00-story: what was freed may leave all the same, and one more than there is may be sold then`() throws {
        var state = Self.shop()
        try state.place(OrderDraft([.init("X", Quantity(2)), .init("Y", Quantity(1))]), now: 1_795_224_000)
        state.ask("POST", "/rest/V1/order/1/invoice", #"{"items":[{"order_item_id":1,"qty":2}]}"#)
        #expect(Self.credit(1, isReturned: true, &state) == 200)

        #expect(Self.ship(2, &state) == 200, "cut to what the shop thinks is left: one")
        #expect(Self.ship(1, &state) == 200)

        #expect(state.sourceItems.item(sku: "X", source: "main")?.quantity == Quantity(98))
        #expect(Self.reserved(state) == Quantity(1))
        #expect(state.sales[1]?.lines[0].shipped == Quantity(2) && state.sales[1]?.lines[0].refunded == Quantity(1))
    }
}
