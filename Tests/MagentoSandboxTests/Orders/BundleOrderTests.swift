import Testing

@testable import MagentoSandbox

/// Bundles of both kinds. Finding 14, finding 15 and finding 16 of transcripts-2: bundle-01 to bundle-27.
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

    @Test func `bundle-06: separately, the bundle's row counts the shipments, whatever they hold, and stands in each with one`() throws {
        var state = try Self.shop(separately: true, pieces: 2)

        // One set of two, then five of the one first part that is left, then two of the four second parts.
        for rows: [(Int, Int64)] in [[(2, 1), (3, 4)], [(2, 5)], [(3, 2)]] { #expect(Self.ship(rows, &state).status == 200) }

        #expect(Self.shipped(state) == [Quantity(3), Quantity(2), Quantity(6)], "three of two bundles")
        #expect(state.sales.shipments.map { $0.lines.map(\.quantity) } == [[1, 1, 4], [1, 1], [1, 2]].map { $0.map { Quantity($0) } })
        for (shipment, total) in [(1, 5), (2, 1), (3, 2)] {
            let text = state.ask("GET", "/rest/V1/shipment/\(shipment)").text
            #expect(text.contains(#""total_qty":\#(total),"#), "the bundle's row does not count: \(text)")
        }
    }

    @Test func `bundle-05, bundle-07: the product tells which kind it is and what it is made of, the order does not`() throws {
        for separately in [true, false] {
            var state = try Self.shop(separately: separately)

            let product = state.ask("GET", "/rest/V1/products/BUN").text
            let order = state.ask("GET", "/rest/V1/orders/1").text

            #expect(product.contains(#"{"attribute_code":"shipment_type","value":"\#(separately ? 1 : 0)"}"#))
            #expect(product.contains(#""bundle_product_options":[{"option_id":1,"#) && product.contains(#""sku":"P2","option_id":2,"qty":4"#))
            #expect(!order.contains("shipment_type"))
        }
    }

    @Test func `bundle-08 to bundle-08d: an invoice by the bundle's row is taken for both kinds, by its parts' only where they have the price`()
        throws
    {
        for (separately, rows, status) in [
            (true, [(1, 1)], 200), (true, [(2, 1), (3, 4)], 200), (false, [(1, 1)], 200), (false, [(2, 1), (3, 4)], 400),
        ] {
            var state = try Self.shop(separately: separately)
            let items = rows.map { #"{"order_item_id":\#($0.0),"qty":\#($0.1)}"# }.joined(separator: ",")

            let answer = state.ask("POST", "/rest/V1/order/1/invoice", #"{"items":[\#(items)]}"#)

            #expect(answer.status == status, "\(separately) \(rows): \(answer.text)")
            let invoiced = state.sales[1]?.lines.map(\.invoiced)
            guard status == 200 else { continue }
            #expect(invoiced == (separately ? [.zero, Quantity(1), Quantity(4)] : [Quantity(1), .zero, .zero]))
        }
    }
}
