/// How long a shop takes for a call: alone, by its rows, and how much more it gets done when several calls are in flight.
///
/// Times come from `RecordedTimes`; a test may make a shop of its own, slower, with one worker or with many.
package struct CallTimes: Sendable {
    /// Seconds of a call that is alone in the shop, by its rows: straight lines between the points, and on beyond the last.
    package struct Curve: Sendable {
        private let points: [(rows: Double, seconds: Double)]

        package init(_ points: [(Int, Double)]) { self.points = points.map { (Double($0.0), $0.1) } }

        package func seconds(rows: Int) -> Double {
            guard let first = points.first, Double(rows) > first.rows, points.count > 1 else { return points.first?.seconds ?? 0 }
            let upper = points.dropFirst().firstIndex { $0.rows >= Double(rows) } ?? points.count - 1
            let (low, high) = (points[upper - 1], points[upper])
            return low.seconds + (high.seconds - low.seconds) * (Double(rows) - low.rows) / (high.rows - low.rows)
        }
    }

    /// How many times as much is done in a second with so many calls in flight as with one.
    package struct Gain: Sendable {
        private let points: [(calls: Double, gain: Double)]

        package init(_ points: [(Int, Double)]) { self.points = points.map { (Double($0.0), $0.1) } }

        package func of(_ calls: Int) -> Double {
            guard let first = points.first, Double(calls) > first.calls, points.count > 1 else { return points.first?.gain ?? 1 }
            guard let upper = points.dropFirst().firstIndex(where: { $0.calls >= Double(calls) }) else { return points[points.count - 1].gain }
            let (low, high) = (points[upper - 1], points[upper])
            return low.gain + (high.gain - low.gain) * (Double(calls) - low.calls) / (high.calls - low.calls)
        }

        /// The share of its own speed that one of so many calls keeps.
        func share(of calls: Int) -> Double { of(calls) / Double(max(1, calls)) }
        /// What no call's share exceeds.
        var best: Double { points.map { $0.gain / $0.calls }.max() ?? 1 }
    }

    package struct Rule: Sendable {
        var method: String
        /// Behind `V1/`; `*` is any one part.
        var path: [String]
        package var alone: Curve
        package var gain: Gain

        package init(_ method: String, _ path: String, alone: Curve, gain: Gain) {
            self.method = method
            self.path = path.split(separator: "/").map(String.init)
            self.alone = alone
            self.gain = gain
        }

        func matches(_ method: String, _ parts: [Substring]) -> Bool {
            self.method == method && parts.count == path.count && zip(path, parts).allSatisfy { $0 == "*" || $0 == $1 }
        }
    }

    package var rules: [Rule]
    /// What every other call costs.
    package var other: Rule
    /// Calls that the shop works on at once; further ones wait for a place. `nil`: any number.
    package var workers: Int?

    package init(_ rules: [Rule], other: Rule, workers: Int? = nil) {
        self.rules = rules
        self.other = other
        self.workers = workers
    }

    package func rule(_ method: String, _ path: Substring) -> Rule {
        var parts = path.split(separator: "/")
        if let version = parts.firstIndex(of: "V1") { parts.removeFirst(version + 1) }
        return rules.first { $0.matches(method, parts) } ?? other
    }
}
