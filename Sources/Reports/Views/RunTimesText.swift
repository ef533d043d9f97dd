import Domain
package import StateStore

/// Where the time of a run went, in words.
package struct RunTimesText {
    package struct Line: Hashable, Sendable {
        package var what: String
        package var time: Duration
        /// Of the whole, in parts of a thousand.
        package var share: Int
    }

    private let times: RunTimes

    package init(_ times: RunTimes) { self.times = times }

    /// What took time, in the order in which it comes. The wait for the file is beside the run and has no share of it.
    package var lines: [Line] {
        let whole = times.phases.values.reduce(.zero, +)
        let waited = times.waited.map { [Line(what: "waited for the file", time: $0, share: 0)] } ?? []
        return waited
            + RunPhase.allCases.compactMap { phase in
                times.phases[phase].map { time in
                    Line(
                        what: phase.words, time: time,
                        share: whole > .zero ? Int(time.wholeMilliseconds * 1000 / max(1, whole.wholeMilliseconds)) : 0)
                }
            }
    }

    /// `12 values that end a sale were in the shop 0.8 s after the run began`
    package var first: String? {
        times.first.map { first in
            let values = first.changes == 1 ? "1 value that ends a sale" : "\(Count(first.changes)) values that end a sale"
            let had = first.changes == 1 ? "has" : "have"
            return first.answered.map { "\(values) went first, answered \($0.fineWords) after the run began" }
                ?? "\(values) \(had) no answer yet"
        }
    }

    /// `half of 11,890 rows 12 s after the file had landed, 95 of 100 after 14 s, the last after 15 s`
    package var landed: String? {
        times.landed.map { landed in
            "half of \(Count(landed.rows)) \(landed.rows == 1 ? "row" : "rows") \(landed.half.fineWords) after the file had landed, "
                + "95 of 100 after \(landed.most.fineWords), the last after \(landed.last.fineWords)"
        }
    }
}

extension RunPhase {
    fileprivate var words: String {
        switch self {
        case .reading: "read the file"
        case .planning: "planned"
        case .asking: "asked the shop"
        case .writing: "wrote to the shop"
        }
    }
}

extension Duration {
    /// `0.4 s`, `48 s`, `6 min`: below ten seconds with a tenth.
    package var fineWords: String {
        let tenths = (wholeMilliseconds + 50) / 100
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10) s" : words
    }
}
