import Testing

@testable import MagentoSandbox

/// Bundles of both kinds, as recorded in transcripts-2 (bundle-01 to bundle-27).
struct BundleOrderTests {
    private static func shop(separately: Bool, pieces: Int64 = 1) throws -> ShopState {
        var state = ShopState.empty
        for sku in ["P1", "P2"] {
            state.catalogue.add(sku: sku)
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(100), isInStock: true)
        }
        state.catalogue.add(sku: "BUN", kind: .bundle)
        let bundle = SalesLine.Bundle(shipsSeparately: separately, hasFixedPrice: !separately)
        let parts: [OrderDraft.Line.Part] = [.init("P1"), .init("P2", each: Quantity(4))]
        try state.place(OrderDraft([.init("BUN", Quantity(pieces), form: .bundle(parts, bundle))]), now: 1_795_224_000)
        return state
    }

    private static func ship(_ rows: [(Int, Int64)], _ state: inout ShopState) -> ShopAnswer {
        let items = rows.map { #"{"order_item_id":\#($0.0),"qty":\#($0.1)}"# }.joined(separator: ",")
        return state.ask(
            "POST", "/rest/V1/order/1/ship", #"{"items":[\#(items)],"arguments":{"extension_attributes":{"source_code":"main"}}}"#)
    }

    private static func shipped(_ state: ShopState) -> [Quantity] { state.sales[1]?.lines.map(\.shipped) ?? [] }

    private static func left(_ state: ShopState) -> [Quantity?] {
        ["P1", "P2"].map { state.sourceItems.item(sku: $0, source: "main")?.quantity }
    }

    @Test func `bundle-11, bundle-15: together, the bundle's row takes its parts with it and counts at them`() throws {
        var state = try Self.shop(separately: false, pieces: 2)

        #expect(Self.ship([(1, 1)], &state).status == 200)

        #expect(Self.shipped(state) == [Quantity(1), Quantity(1), Quantity(4)])
        #expect(Self.left(state) == [Quantity(99), Quantity(96)])
        #expect(state.sales.shipments[0].lines.map(\.sku) == ["BUN"])
    }

    @Test func `bundle-12 to bundle-14: together, rows of parts are refused, alone or beside the bundle's`() throws {
        var state = try Self.shop(separately: false)

        let alone = Self.ship([(2, 1)], &state)
        let both = Self.ship([(1, 1), (2, 1), (3, 4)], &state)

        #expect(alone.status == 400 && both.status == 400)
        #expect(alone.text.contains("without products") && alone.text.contains(#"bundle product \"BUN\" has shipment type \"Together\""#))
        #expect(!both.text.contains("without products") && Self.left(state) == [Quantity(100), Quantity(100)])
    }

    @Test func `bundle-21 to bundle-24: separately, the bundle's row is refused, alone or beside its parts'`() throws {
        var state = try Self.shop(separately: true)

        let alone = Self.ship([(1, 1)], &state)
        let both = Self.ship([(1, 1), (2, 1), (3, 4)], &state)

        #expect(alone.status == 400 && alone.text.contains(#"has shipment type \"Separately\". Bundle product options"#))
        #expect(both.status == 400 && Self.left(state) == [Quantity(100), Quantity(100)])
    }

    @Test func `bundle-06: separately, each shipment gets a row of the bundle by itself, whose count means nothing`() throws {
        var state = try Self.shop(separately: true)

        #expect(Self.ship([(2, 1)], &state).status == 200)
        #expect(Self.ship([(3, 4)], &state).status == 200)
        let again = Self.ship([(3, 4)], &state)

        #expect(Self.shipped(state) == [Quantity(2), Quantity(1), Quantity(4)], "two of one bundle")
        #expect(state.sales.shipments.map { $0.lines.map(\.sku) } == [["BUN", "P1"], ["BUN", "P2"]])
        #expect(again.status == 400 && again.text.contains("without products"))
    }

    @Test func `bundle-06, bundle-17, bundle-27: over-quantity is cut without a word, and no rows at all are everything`() throws {
        var over = try Self.shop(separately: true)
        #expect(Self.ship([(2, 5)], &over).status == 200)
        #expect(Self.left(over) == [Quantity(99), Quantity(100)])

        for separately in [true, false] {
            var state = try Self.shop(separately: separately)
            #expect(Self.ship([], &state).status == 200)
            #expect(Self.left(state) == [Quantity(99), Quantity(96)])
        }
    }
}
