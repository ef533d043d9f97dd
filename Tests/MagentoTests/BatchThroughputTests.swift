import Domain
import Testing

@testable import Magento

/// How close the batch size that is found comes to the best one there is, with the times that a Magento 2.4.7 took.
struct BatchThroughputTests {
    /// Milliseconds that a call took, by its rows. Between two points the time lies on the line between them.
    struct RecordedCalls: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let points: [(rows: Int, milliseconds: Double)]

        func milliseconds(_ rows: Int) -> Double {
            let next = points.firstIndex { $0.rows >= rows } ?? points.count - 1
            let (low, high) = (points[max(0, next - 1)], points[max(1, next)])
            return low.milliseconds
                + (high.milliseconds - low.milliseconds) * Double(rows - low.rows) / Double(high.rows - low.rows)
        }

        func sending(_ total: Int, inBatchesOf size: Int) -> Double {
            let (full, rest) = total.quotientAndRemainder(dividingBy: size)
            return Double(full) * milliseconds(size) + (rest > 0 ? milliseconds(rest) : 0)
        }
    }

    private static let shops = [
        RecordedCalls(testDescription: "source items", points: [(1, 80), (100, 500), (500, 2400), (1000, 2300), (5000, 21_800)]),
        RecordedCalls(testDescription: "base prices", points: [(1, 80), (100, 180), (500, 280), (1000, 360), (5000, 4400)]),
        RecordedCalls(testDescription: "tier prices", points: [(1, 9), (100, 909), (1000, 9090), (5000, 45_450)]),
    ]

    /// What `BatchSizer` finds by itself, from its first call on.
    private func sendingAsFound(_ total: Int, to shop: RecordedCalls) -> Double {
        let sizer = BatchSizer()
        var (rest, time) = (total, 0.0)
        while rest > 0 {
            let rows = min(sizer.rows, rest)
            let taken = shop.milliseconds(rows)
            sizer.record(rows, took: .milliseconds(Int(taken)))
            (rest, time) = (rest - rows, time + taken)
        }
        return time
    }

    @Test(arguments: shops)
    func `F71 twenty thousand changes take at most a twentieth longer than with the best fixed size`(_ shop: RecordedCalls) {
        let best = [1, 10, 50, 100, 200, 300, 400, 500, 750, 1000, 2000, 5000].map { shop.sending(20_000, inBatchesOf: $0) }.min() ?? 0

        let found = sendingAsFound(20_000, to: shop)

        #expect(best / found >= 0.95, "\(best / found) of the best fixed size's speed")
    }

    @Test(arguments: shops)
    func `F71 a shop ten times slower answers every call before its silence is taken for none`(_ shop: RecordedCalls) {
        let sizer = BatchSizer()
        for _ in 0..<5 {
            let taken = 10 * shop.milliseconds(sizer.rows)

            #expect(taken < 60_000, "\(sizer.rows) rows in \(taken) ms")
            sizer.record(sizer.rows, took: .milliseconds(Int(taken)))
        }
    }
}
