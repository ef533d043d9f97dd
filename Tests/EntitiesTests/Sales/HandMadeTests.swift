import Domain
import Entities
import Magento
import MagentoSandbox
import Testing

/// What people post in the shop, beside the ERP's events for the same order.
struct HandMadeTests {
    private static func ship(_ shop: SalesShop, _ quantity: Int, tracks: String = "[]", comment: String = "") {
        let remark = comment.isEmpty ? "" : #","comment":{"comment":"\#(comment)","is_visible_on_front":0}"#
        let body =
            #"{"items":[{"order_item_id":1,"qty":\#(quantity)}],"tracks":\#(tracks)\#(remark),"arguments":{"extension_attributes":{"source_code":"main"}}}"#
        shop.direct.withShop { _ = $0.ask("POST", "/rest/V1/order/1/ship", body) }
    }

    private static let track = #"[{"track_number":"1550","title":"DPD","carrier_code":"dpd"}]"#

    enum Story: CaseIterable, Sendable {
        /// The tracking number and the rows are the despatch's.
        case sameTrack
        /// The same rows without a number, and nothing is left of them.
        case nothingLeft
        /// The same rows, and enough is left for another one.
        case sameRowsEnoughLeft
        /// Other quantities, the same tracking number.
        case trackOtherQuantity
        /// Some of the rows, with a tracking number of its own.
        case otherTrack
        /// A remark says that it is this one.
        case marked
        /// A remark says that it is another one.
        case markedAsAnother
        /// It was made before the order left for the ERP.
        case before
    }

    @Test(arguments: Story.allCases)
    func `F73 E2 a shipment that a person posted settles its despatch or waits for a person, and never gets a second one beside it`(story: Story)
        async throws
    {
        let shop = try SalesShop([[.init("A", Quantity(5)), .init("B", Quantity(2))]])
        var (quantity, tracks): (Int64, [String]) = (2, [])
        var books: Departures?
        switch story {
        case .sameTrack: Self.ship(shop, 2, tracks: Self.track)
        case .nothingLeft:
            Self.ship(shop, 5)
            quantity = 5
        case .sameRowsEnoughLeft: Self.ship(shop, 2)
        case .trackOtherQuantity: Self.ship(shop, 1, tracks: Self.track)
        case .otherTrack: Self.ship(shop, 1, tracks: Self.track.replacing("1550", with: "9999"))
        case .marked: Self.ship(shop, 2, comment: "Despatch D1")
        case .markedAsAnother: Self.ship(shop, 2, comment: "Despatch by hand, order of the telephone")
        case .before:
            Self.ship(shop, 2)
            books = Departures(at: UTCInstant(seconds: 1_795_223_500 + 3600))
        }
        if [.sameTrack, .trackOtherQuantity, .otherTrack].contains(story) { tracks = ["1550"] }
        let event = SalesShop.despatch("D1", [("A", ExactDecimal(quantity))], tracks: tracks)
        let applier = shop.applier(books: books)
        let memory = CallMemory()

        let standings = try await shop.standings([event], applier)
        let answer = try await applier.apply([SalesShop.change(event)], memory)[0]

        switch story {
        case .sameTrack, .nothingLeft:
            #expect(answer.evidence?.contains("posted by hand: shipment 000000001") == true, "\(answer)")
            #expect(shop.shipments.count == 1)
        case .marked:
            #expect(answer.evidence == "found shipment 000000001")
            #expect(shop.shipments.count == 1)
        case .sameRowsEnoughLeft, .trackOtherQuantity, .otherTrack:
            #expect(answer.rejection?.code == "DONE-BY-HAND", "\(answer)")
            #expect(answer.rejection?.fix.contains("Despatch D1") == true)
            #expect(shop.shipments.count == 1)
        case .markedAsAnother, .before:
            #expect(answer.isApplied, "\(answer)")
            #expect(shop.shipments.count == 2)
        }
        #expect(standings["D1"] == .some(nil), "a plan does not refuse what is judged when it is sent")
        // Delivered again, nothing more is made.
        let count = shop.shipments.count
        _ = try await applier.apply([SalesShop.change(event)], memory)
        #expect(shop.shipments.count == count)
    }

    @Test func `F73 one shipment of a person settles one despatch and not the next one of the same goods`() async throws {
        let shop = try SalesShop([[.init("A", Quantity(2))]])
        Self.ship(shop, 1, tracks: Self.track)
        let applier = shop.applier()
        let memory = CallMemory()
        let first = SalesShop.despatch("D1", [("A", 1)], tracks: ["1550"])
        let second = SalesShop.despatch("D2", [("A", 1)], tracks: ["1551"])

        let answers = try await applier.apply([SalesShop.change(first, id: 1), SalesShop.change(second, id: 2)], memory)

        #expect(answers.map(\.isApplied) == [true, true], "\(answers)")
        #expect(shop.shipments.count == 2)
        #expect(shop.shipments[1].comments.map(\.text) == ["Despatch D2"])
    }

    @Test func `F73 tracking numbers that a person's shipment lacks are added to it`() async throws {
        let shop = try SalesShop([[.init("A", Quantity(2))]])
        Self.ship(shop, 2)

        let answers = try await shop.applier().apply([SalesShop.change(SalesShop.despatch("D1", [("A", 2)], tracks: ["1550"]))])

        #expect(answers.areAllApplied, "\(answers)")
        #expect(shop.shipments.map { $0.tracks.map(\.number) } == [["1550"]])
    }

    @Test func `F73 invoices and credit memos of people are recognised by rows and money`() async throws {
        let shop = try SalesShop([[.init("A", Quantity(2))]])
        shop.direct.withShop { _ = $0.ask("POST", "/rest/V1/order/1/invoice", "{}") }
        let invoice = SalesEvent(number: "SI1", order: "000000001", lines: [.init(sku: "A", quantity: 2)])
        let invoiced = try await shop.applier(.invoices).apply([SalesShop.change(invoice)])
        #expect(invoiced[0].evidence?.contains("posted by hand: invoice") == true, "\(invoiced)")

        let refund = #"{"items":[{"order_item_id":1,"qty":1}],"arguments":{"shipping_amount":0,"adjustment_positive":0,"adjustment_negative":0}}"#
        shop.direct.withShop { _ = $0.ask("POST", "/rest/V1/order/1/refund", refund) }
        let credit = SalesEvent(number: "CR1", order: "000000001", lines: [.init(sku: "A", quantity: 1)])
        let credited = try await shop.applier(.credits).apply([SalesShop.change(credit)])
        #expect(credited[0].rejection?.code == "DONE-BY-HAND", "one of two is left: only a person can tell: \(credited)")

        let rest = SalesEvent(number: "CR2", order: "000000001", lines: [.init(sku: "A", quantity: 1)], adjustment: 5)
        let other = try await shop.applier(.credits).apply([SalesShop.change(rest)])
        #expect(other[0].rejection?.code == "DONE-BY-HAND", "\(other)")
        #expect(shop.direct.withShop { ($0.sales.invoices.count, $0.sales.creditMemos.count) } == (1, 1))
    }

    @Test func `F52 an invoice that came late is applied although the shop refused the second sending`() async throws {
        // The first sending takes effect while the second one waits for it in the shop.
        let shop = try SalesShop([[.init("A", Quantity(1))]], mishap: { call in call.path.contains("invoice") ? .commitThenRefuse : nil })
        let event = SalesEvent(number: "SI1", order: "000000001", lines: [.init(sku: "A", quantity: 1)])

        let answers = try await shop.applier(.invoices).apply([SalesShop.change(event)])

        #expect(answers[0].evidence == "invoice 000000001, found after an answer was lost", "\(answers)")
        #expect(shop.direct.withShop { $0.sales.invoices.count } == 1)
    }
}

/// The order left for the ERP at this time.
struct Departures: OrderBooks {
    var at: UTCInstant

    func departures(of orders: [RecordKey]) -> [RecordKey: [Departure]] {
        Dictionary(uniqueKeysWithValues: orders.map { ($0, [Departure(flow: "orders", sequence: 1, position: 1, placed: at)]) })
    }
    func departures(claimed claim: String) -> [Departure] { [] }
    func unposted() -> UnpostedEvents { UnpostedEvents(cancelled: [], credits: []) }
}
