/// Which way the shop has moved away at one place: too high or too low, and whether that can be chance.
package struct Drift: Hashable, Sendable {
    package enum Direction: String, Sendable, CaseIterable {
        case higher, lower
        /// Both ways, as errors of many small causes go.
        case mixed
    }

    package var place: String
    /// Values that are too high, and too low.
    package var higher = 0
    package var lower = 0
    /// The sum of all excesses.
    package var net = ExactDecimal.zero

    package init(place: String) { self.place = place }

    package mutating func add(_ excess: ExactDecimal) {
        if excess.isPositive { higher += 1 } else if excess.isNegative { lower += 1 }
        net = net.adding(excess) ?? net
    }

    package var direction: Direction {
        guard Self.isTelling(higher, of: higher + lower) else { return .mixed }
        return higher > lower ? .higher : .lower
    }

    /// The sign test: whether so one-sided a count comes by chance in less than one case of a hundred, where each side is as
    /// likely. Few values tell nothing: eight alike are the fewest that do.
    package static func isTelling(_ count: Int, of total: Int) -> Bool {
        let larger = max(count, total - count)
        guard total >= 8 else { return false }
        guard total <= 200 else {
            // The normal tail; 2.576 standard deviations leave one case of a hundred outside.
            return (Double(larger) - Double(total) / 2 - 0.5) / (Double(total) / 4).squareRoot() > 2.576
        }
        var term = 1.0
        for step in 0..<larger { term *= Double(total - step) / Double(step + 1) / 2 }
        for _ in larger..<total { term /= 2 }
        var tail = 0.0
        for heads in larger...total {
            tail += term
            term *= Double(total - heads) / Double(heads + 1)
        }
        return tail * 2 < 0.01
    }
}

/// A slow creep in one direction, too small to show in any single week (Page's cumulative sum).
package enum Creep {
    /// In standard deviations: what may stay unnoticed each time, and the sum that may not.
    private static let slack = 0.5
    private static let limit = 4.0

    /// Of one place's comparisons, oldest first; `nil` where they do not creep.
    package static func direction(of drifts: [Drift]) -> Drift.Direction? {
        var high = 0.0
        var low = 0.0
        for drift in drifts where drift.higher + drift.lower > 0 {
            // Where each side is as likely this has a mean of 0 and a deviation of 1.
            let lean = Double(drift.higher - drift.lower) / Double(drift.higher + drift.lower).squareRoot()
            high = max(0, high + lean - slack)
            low = max(0, low - lean - slack)
        }
        if high > limit { return .higher }
        return low > limit ? .lower : nil
    }
}
