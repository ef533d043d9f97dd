import Domain
import Magento
import Testing

@testable import Entities

struct ReservationRuleTests {
    private func at(_ minute: Int64) -> UTCInstant { UTCInstant(seconds: minute * 60) }

    private func left(_ sequence: Int64, _ position: Int, placed: Int64?, answered: Int64? = nil, refused: Bool = false) -> Departure {
        Departure(
            flow: "orders", sequence: sequence, position: position, placed: placed.map(at), acknowledged: answered.map(at), isRefused: refused)
    }

    @Test func `an order counts as included where the answer was seen by the margin before the figures`() {
        let rule = ReservationRule(.acknowledged(margin: .seconds(300)))

        #expect(rule.includes([left(1, 1, placed: 0, answered: 10)], asAt: at(15), claims: []))
        #expect(!rule.includes([left(1, 1, placed: 0, answered: 11)], asAt: at(15), claims: []))
        #expect(!rule.includes([left(1, 1, placed: 0)], asAt: at(15), claims: []))
        #expect(!rule.includes([left(1, 1, placed: 0, answered: 1, refused: true)], asAt: at(15), claims: []), "the ERP did not take it")
        #expect(rule.includes([left(1, 1, placed: 0, answered: 1, refused: true), left(2, 1, placed: 5, answered: 6)], asAt: at(15), claims: []))
    }

    @Test func `with a lag it counts once it has stood there so long`() {
        let rule = ReservationRule(.lag(.seconds(1200)))

        #expect(rule.includes([left(1, 1, placed: 0)], asAt: at(20), claims: []))
        #expect(!rule.includes([left(1, 1, placed: 1)], asAt: at(20), claims: []))
        #expect(!rule.includes([left(1, 1, placed: nil)], asAt: at(20), claims: []))
        #expect(!rule.includes([], asAt: at(20), claims: []))
    }

    @Test func `up to an order means what left before it, and not what has a lower number`() {
        let rule = ReservationRule(.importedUpTo)
        let claims = [[left(2, 3, placed: 0)]]

        #expect(rule.includes([left(1, 9, placed: 0)], asAt: at(0), claims: claims))
        #expect(rule.includes([left(2, 3, placed: 0)], asAt: at(0), claims: claims))
        #expect(!rule.includes([left(2, 4, placed: 0)], asAt: at(0), claims: claims), "it waited for its payment and left behind")
        #expect(!rule.includes([left(1, 1, placed: 0)], asAt: at(0), claims: [[]]), "a number nobody knows includes nothing")
        #expect(!rule.includes([left(1, 1, placed: 0)], asAt: at(0), claims: []))
        #expect(!rule.includes([left(2, 2, placed: 0)], asAt: at(0), claims: claims + [[left(2, 1, placed: 0)]]), "the least of several")
    }

    @Test func `of an order that is not included it is known why`() {
        func absence(_ watermark: ReservationRule.Watermark, _ departures: [Departure], claims: [[Departure]] = []) -> OrderAbsence? {
            ReservationRule(watermark).absence(departures, asAt: at(15), claims: claims)
        }

        #expect(absence(.acknowledged(margin: .seconds(300)), []) == .unsent)
        #expect(absence(.acknowledged(margin: .seconds(300)), [left(1, 1, placed: nil)]) == .unsent)
        #expect(absence(.acknowledged(margin: .seconds(300)), [left(1, 1, placed: 0)]) == .unanswered)
        #expect(absence(.acknowledged(margin: .seconds(300)), [left(1, 1, placed: 0, answered: 11)]) == .later)
        #expect(absence(.acknowledged(margin: .seconds(300)), [left(1, 1, placed: 0, answered: 1, refused: true)]) == .refused)
        let again = [left(1, 1, placed: 0, answered: 1, refused: true), left(2, 1, placed: 5)]
        #expect(absence(.acknowledged(margin: .seconds(300)), again) == .unanswered, "it was sent again")
        #expect(absence(.lag(.seconds(1200)), [left(1, 1, placed: 0)]) == .later)
        #expect(absence(.importedUpTo, [left(2, 1, placed: 0)], claims: [[left(1, 1, placed: 0)]]) == .unread)
        #expect(absence(.importedUpTo, [left(1, 1, placed: 0)], claims: [[left(1, 1, placed: 0)]]) == nil)
    }

    private func line(
        _ id: Int, _ sku: String = "A", parent: Int? = nil, kind: String = "simple", ordered: ExactDecimal, invoiced: ExactDecimal = 0,
        shipped: ExactDecimal = 0, refunded: ExactDecimal = 0, canceled: ExactDecimal = 0
    ) -> OrderSnapshot.Line {
        OrderSnapshot.Line(
            id: id, parent: parent, sku: sku, kind: kind, isVirtual: kind == "virtual", ordered: ordered, invoiced: invoiced,
            shipped: shipped, refunded: refunded, canceled: canceled)
    }

    private func open(_ lines: [OrderSnapshot.Line], credits: [SalesEvent] = [], _ steps: [(OrderStory.Kind, ExactDecimal)]? = nil) -> [String] {
        let story = steps.map { OrderStory(steps: $0.map { .init(kind: $0.0, quantities: [1: $0.1]) }) }
        let order = OrderSnapshot(id: 1, incrementID: "1", state: "processing", status: "processing", lines: lines)
        return ReservedGoods(order: order, story: story, credits: credits)
            .open.map { "\($0.sku) \($0.quantity)" }
    }

    @Test func `what is open of a row is Magento's own arithmetic`() {
        #expect(open([line(1, ordered: 5, shipped: 2)]) == ["A 3"])
        #expect(
            open([line(1, ordered: 5, invoiced: 2, shipped: 2, refunded: 2)], [(.invoice, 2), (.shipment, 2), (.credit, 2)]) == ["A 3"],
            "goods that came back were not reserved any more")
        #expect(
            open([line(1, ordered: 5, invoiced: 5, shipped: 2, refunded: 2)], [(.invoice, 5), (.shipment, 2), (.credit, 2)]) == ["A 1"],
            "what was invoiced and not sent is freed first")
        #expect(open([line(1, ordered: 5, shipped: 2, refunded: 2)]) == ["A 1"], "where it cannot be told, as little as can be")
        let over = line(1, ordered: 2, invoiced: 2, shipped: 2, refunded: 1)
        #expect(open([over], [(.invoice, 2), (.credit, 1), (.shipment, 2)]) == ["A -1"], "freed, and shipped all the same")
        #expect(open([over], [(.invoice, 2), (.shipment, 2), (.credit, 1)]).isEmpty)
        #expect(open([line(1, ordered: 5, refunded: 1, canceled: 2)]) == ["A 2"])
        #expect(open([line(1, ordered: 5, shipped: 5)]).isEmpty)
        #expect(open([line(1, ordered: 3, invoiced: 1, shipped: 0)]) == ["A 3"])
        #expect(open([line(1, kind: "virtual", ordered: 3, invoiced: 1)]) == ["A 2"])
    }

    @Test func `composites are reserved by their parts`() {
        let configurable = [
            line(1, "A-RED", kind: "configurable", ordered: 4, shipped: 1, canceled: 1), line(2, "A-RED", parent: 1, ordered: 4),
        ]
        let whole = [
            line(1, "KIT", kind: "bundle", ordered: 2, shipped: 1), line(2, "A", parent: 1, ordered: 6), line(3, "B", parent: 1, ordered: 2),
        ]
        let parts = [
            line(1, "KIT", kind: "bundle", ordered: 2), line(2, "A", parent: 1, ordered: 6, shipped: 5), line(3, "B", parent: 1, ordered: 2),
        ]

        #expect(open(configurable) == ["A-RED 2"])
        #expect(open(whole) == ["A 3", "B 1"])
        #expect(open(parts) == ["A 1", "B 2"])
        let apart = [
            line(1, "KIT", kind: "bundle", ordered: 2, shipped: 3), line(2, "A", parent: 1, ordered: 6, shipped: 5),
            line(3, "B", parent: 1, ordered: 2),
        ]
        #expect(open(apart) == ["A 1", "B 2"], "what a bundle counts whose parts are shipped apart means nothing")
    }

    @Test func `what a credit note will free is not reserved any more, except goods that are written off`() {
        func credit(_ quantity: ExactDecimal, restock: Bool?) -> SalesEvent {
            SalesEvent(number: "C1", order: "1", lines: [.init(sku: "a", isRestocked: restock, quantity: quantity)])
        }

        #expect(open([line(1, ordered: 5)], credits: [credit(2, restock: true)]) == ["A 3"])
        #expect(open([line(1, ordered: 5, shipped: 2)], credits: [credit(2, restock: nil)]) == ["A 1"], "what has not left goes first")
        #expect(open([line(1, ordered: 5, shipped: 2)], credits: [credit(4, restock: nil)]).isEmpty)
        #expect(open([line(1, ordered: 5)], credits: [credit(2, restock: false)]) == ["A 5"])
    }

    @Test func `goods go to where the ERP has allocated them, and the sum is always whole`() {
        let places = [
            ReservationShares.Place(source: "main", allocated: 3, free: 9), ReservationShares.Place(source: "north", allocated: 5, free: 0),
        ]
        let orders = [StockCircumstance.Reserved(order: "1", quantity: 4), .init(order: "2", quantity: 3), .init(order: "3", quantity: 2)]

        let shares = ReservationShares.assign(orders, to: places)

        #expect(shares.map { "\($0.order) \($0.source) \($0.quantity)" } == ["1 north 4", "2 main 3", "3 main 1", "3 north 1"])
        #expect(ReservationShares.assign(orders, to: []).isEmpty)
        let owed = ReservationShares.assign([.init(order: "4", quantity: -11)], to: places)
        #expect(owed.map { "\($0.order) \($0.source) \($0.quantity)" } == ["4  -2", "4 main -9"], "never below nothing; the rest is remembered")
        #expect(
            ReservationShares.assign(
                [.init(order: "1", quantity: 2)], to: [.init(source: "b", allocated: 0, free: 1), .init(source: "a", allocated: 0, free: 1)]
            ).map(\.source) == ["a"])
    }
}
