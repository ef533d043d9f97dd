import Domain
import Magento
import MagentoSandbox
import Testing

@testable import Entities

/// What is read of the shop before a stock plan.
struct StockCircumstancesTests {
    /// Every order left at moment 0.
    private struct Books: OrderBooks {
        var cancelled: Set<RecordKey> = []
        var refused: Set<RecordKey> = []

        func departures(of orders: [RecordKey]) -> [RecordKey: [Departure]] {
            orders.reduce(into: [:]) { found, order in
                found[order] = [
                    Departure(
                        flow: "orders", sequence: 1, position: 1, placed: UTCInstant(seconds: 0), acknowledged: UTCInstant(seconds: 0),
                        isRefused: refused.contains(order))
                ]
            }
        }

        func departures(claimed claim: String) -> [Departure] { [] }
        func unposted() -> UnpostedEvents { UnpostedEvents(cancelled: cancelled) }
    }

    private func look(
        _ shop: SalesShop, _ books: Books = Books(), stores: [Int] = [], since: UTCInstant? = nil
    ) async throws -> [String: StockCircumstance] {
        let inputs = StockCircumstances(
            client: shop.client, sources: ["main", "north"], rule: ReservationRule(.lag(.zero), stores: stores.isEmpty ? .all : .some(stores)),
            books: books)
        let found = try await inputs.look(PlanContext(asAt: UTCInstant(seconds: 60), since: since))
        return try found.values.reduce(into: [:]) { $0[$1.key.text] = try StockCircumstance(encoded: $1.value) }
    }

    private func reserved(_ circumstance: StockCircumstance?) -> [String] {
        (circumstance?.reserved ?? []).map { "\($0.order) \($0.quantity)" }
    }

    @Test func `C4 open orders are told per product, under the catalogue's own code`() async throws {
        let options: JSONValue = ["extension_attributes": ["custom_options": [["option_id": "1", "option_value": "engraved"]]]]
        let shop = try SalesShop([
            [.init("A", Quantity(5)), .init("B", Quantity(2))], [.init("A", Quantity(1), options: options, skuSuffix: "-ENGRAVED")],
            [.init("C", Quantity(3), form: .variant(of: "HOOD"))],
            [.init("KIT", Quantity(2), form: .bundle([.init("A", each: Quantity(3))], .init()))],
        ])

        let found = try await look(shop)

        #expect(reserved(found["a"]) == ["000000001 5", "000000002 1", "000000004 6"])
        #expect(reserved(found["b"]) == ["000000001 2"])
        #expect(reserved(found["c"]) == ["000000003 3"])
        #expect(found["a"]?.held.map(\.quantity) == [100, 100])
        #expect(found["00472-blk"]?.reserved.isEmpty == true, "the first look is at everything that the sources hold")
    }

    @Test func `C4 what the ERP has refused or cancelled, and orders of other stocks, are not among them`() async throws {
        let shop = try SalesShop(
            [[.init("A", Quantity(1))], [.init("A", Quantity(2))], [.init("A", Quantity(4))]],
            prepare: { state in
                var other = OrderDraft([.init("B", Quantity(7))])
                other.storeID = 1
                other.incrementID = "2000000001"
                _ = try? state.place(other, now: 1_795_223_000)
            })
        let books = Books(cancelled: [RecordKey("000000002")], refused: [RecordKey("000000003")])

        let found = try await look(shop, books)["a"]
        #expect(reserved(found) == ["000000004 4"])
        #expect(
            found?.notIncluded.words
                == "not added back: 1 of 000000002 (cancelled by the ERP, and not in the shop yet), 2 of 000000003 (refused by the ERP)")
        #expect(try await look(shop, stores: [2]).values.allSatisfy(\.reserved.isEmpty))
        #expect(reserved(try await look(shop, stores: [1])["b"]) == ["2000000001 7"])
    }

    @Test func `later looks read the products of orders that changed since, and no others`() async throws {
        let shop = try SalesShop([[.init("A", Quantity(1))], [.init("B", Quantity(1))]])
        shop.direct.withShop { state in
            let request = ShopRequest(
                method: "POST", target: "/rest/V1/orders/2/cancel", host: "shop",
                headers: ["authorization": "Bearer t", "content-type": "application/json"], body: [])
            #expect(state.handle(request, now: 1_795_223_900).answer.status == 200)
        }

        let recent = try await look(shop, since: UTCInstant(seconds: 1_795_224_000))
        let later = try await look(shop, since: UTCInstant(seconds: 1_795_300_000))

        #expect(
            Set(recent.keys) == ["a", "b"] && reserved(recent["b"]).isEmpty, "ten minutes further back: rows are seen later than they are stamped")
        #expect(Set(later.keys) == ["a"], "what is open is always read")
    }
}
