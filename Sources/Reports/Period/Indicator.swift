import Domain
package import StateStore

/// One figure that people agreed to keep, with what was agreed and how it stands.
package struct Indicator: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable, CaseIterable {
        case met, missed
        /// There is a figure and no agreed target.
        case watched
        /// Nothing happened that could be measured.
        case silent
    }

    /// A stable word for programs: `order-latency`.
    package var code: String
    package var name: String
    package var value: String
    /// For programs: milliseconds, a count, or parts in a million.
    package var figure: Int64?
    package var target: String
    /// What it is worked out from: `412 orders`.
    package var basis: String
    package var verdict: Verdict
    /// The requirement that asks for it.
    package var requirement: String

    /// A span of time that 95 of 100 keep to.
    package static func latency(
        _ code: String, _ name: String, _ ascending: [Int64], of what: String, limit: Duration?, _ requirement: String
    ) -> Indicator {
        let found = Latencies.percentile(95, of: ascending)
        return Indicator(
            code: code, name: name, value: found.map { $0.words } ?? "none", figure: found?.wholeMilliseconds,
            target: limit.map { "\($0.words) or less" } ?? "nothing yet", basis: "\(Count(ascending.count)) \(what)",
            verdict: verdict(found.map { value in limit.map { value <= $0 } }), requirement: requirement)
    }

    /// The same for rows.
    package static func latency(
        _ code: String, _ name: String, _ rows: RowLatencies, limit: Duration?, _ requirement: String
    ) -> Indicator {
        let found = rows.percentile(95)
        return Indicator(
            code: code, name: name, value: found.map { $0.words } ?? "none", figure: found?.wholeMilliseconds,
            target: limit.map { "\($0.words) or less" } ?? "nothing yet", basis: "\(Count(rows.rows)) rows",
            verdict: verdict(found.map { value in limit.map { value <= $0 } }), requirement: requirement)
    }

    /// A number that is to stay at or below another.
    package static func count(
        _ code: String, _ name: String, _ number: Int, limit: Int?, basis: String, _ requirement: String
    ) -> Indicator {
        Indicator(
            code: code, name: name, value: "\(Count(number))", figure: Int64(number), target: limit.map { "\(Count($0))" } ?? "nothing yet",
            basis: basis, verdict: verdict(.some(limit.map { number <= $0 })), requirement: requirement)
    }

    /// `part` of `whole`.
    package static func share(
        _ code: String, _ name: String, _ part: Int, of whole: Int, limit: ShareLimit, basis: String, _ requirement: String
    ) -> Indicator {
        let millionths = whole == 0 ? nil : Int64(part) * 1_000_000 / Int64(whole)
        let isMet: Bool?? = millionths.map { share in
            switch limit {
            case .below(let thousandths): share < Int64(thousandths) * 1000
            case .none: nil
            }
        }
        let target =
            switch limit {
            case .below(let thousandths): "below \(percent(Int64(thousandths) * 1000))"
            case .none: "nothing yet"
            }
        return Indicator(
            code: code, name: name, value: millionths.map { percent($0) } ?? "none", figure: millionths, target: target, basis: basis,
            verdict: verdict(isMet), requirement: requirement)
    }

    package enum ShareLimit: Hashable, Sendable {
        case below(thousandths: Int)
        case none
    }

    private static func verdict(_ isMet: Bool??) -> Verdict {
        switch isMet {
        case nil: .silent
        case .some(nil): .watched
        case .some(.some(let isMet)): isMet ? .met : .missed
        }
    }

    /// `0.25 %`
    private static func percent(_ millionths: Int64) -> String {
        let hundredths = millionths / 100
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) %"
    }
}

extension Duration {
    /// `48 s`, `6 min`, `3 h 5 min`, `2 d 4 h`: as people say it.
    package var words: String {
        let seconds = wholeSeconds
        if seconds < 120 { return "\(seconds) s" }
        if seconds < 7200 { return "\(seconds / 60) min" }
        if seconds % 3600 < 60, seconds < 2 * 86_400 { return "\(seconds / 3600) h" }
        if seconds < 2 * 86_400 { return "\(seconds / 3600) h \(seconds / 60 % 60) min" }
        return "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
    }
}
