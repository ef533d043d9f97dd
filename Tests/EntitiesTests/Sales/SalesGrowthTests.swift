import Domain
import Magento
import TestKit
import Testing

@testable import Entities

/// The work for a file of events grows with its rows and not with their square, also where all of them are of one despatch or one order.
struct SalesGrowthTests {
    private static func lines(_ count: Int) -> [SalesEvent.Line] {
        (0..<count).map { SalesEvent.Line(sku: "S\($0)", quantity: 1) }
    }

    private static func order(_ count: Int, ordered: ExactDecimal) -> OrderSnapshot {
        OrderSnapshot(
            id: 1, incrementID: "1", state: "processing", status: "processing",
            lines: (0..<count).map { OrderSnapshot.Line(id: $0 + 1, sku: "S\($0)", ordered: ordered) })
    }

    @Test func `F48 lines and tracking numbers of one despatch are put in order by work in proportion`() {
        let growth = WorkMeter.growth(from: 1500) { size in
            let tracks = (0..<size).map { SalesEvent.Track(carrier: "DPD", number: "T\($0)") }
            _ = SalesEvent(number: "D", order: "1", lines: Self.lines(size), tracks: tracks).normalised()?.encoded
        }

        #expect(growth < WorkMeter.bound, "\(growth)")
    }

    @Test func `F48 lines of one despatch are found in an order of as many by work in proportion`() {
        let growth = WorkMeter.growth(from: 1000) { size in
            var open = OpenLines(Self.order(size, ordered: 1), SalesEventRules(kind: .despatches))
            _ = try? open.take(Self.lines(size))
        }

        #expect(growth < WorkMeter.bound, "\(growth)")
    }

    @Test func `F48 despatches of one order that are too many together are refused by work in proportion`() {
        let orders = ["1": Self.order(5, ordered: 10)]
        let growth = WorkMeter.growth(from: 300) { size in
            let events = (0..<size).map { number in
                (key: RecordKey("D\(number)"), event: SalesEvent(number: "D\(number)", order: "1", lines: Self.lines(2)))
            }
            _ = SalesEventJudge(rules: SalesEventRules(kind: .despatches), orders: orders).standings(events)
        }

        #expect(growth < WorkMeter.bound, "\(growth)")
    }
}
