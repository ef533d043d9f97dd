/// Which lines of a call a list of failures means.
package enum PriceFailures {
    package enum Verdict: Hashable, Sendable {
        /// No failure speaks of the line.
        case accepted
        /// The failures that do, in their order.
        case refused([PriceFailure])
        /// Some failure cannot be laid to any line, so this one may be the guilty one.
        case unclear
    }

    /// A verdict for each of `rows`, in their order. One bad line may have several failures, and two lines alike are
    /// guilty together. Whatever comes out, the shop's own values decide what was applied.
    package static func judge<Row: PriceRow>(_ failures: [PriceFailure], of rows: [Row]) -> [Verdict] {
        var guilty: [[PriceFailure]] = rows.map { _ in [] }
        var isLost = false
        let bySKU = Dictionary(grouping: rows.indices) { rows[$0].sku }
        for failure in failures {
            // A failure names its product somewhere, unless it is of a form that names none.
            let named = failure.parameters.compactMap { $0.flatMap { bySKU[$0] } }.flatMap { $0 }
            let candidates = named.isEmpty ? Array(rows.indices) : Array(Set(named)).sorted()
            let matches = candidates.map { (index: $0, match: rows[$0].isMeant(by: failure)) }
            let exact = matches.filter { $0.match == .yes }
            let meant = exact.isEmpty ? matches.filter { $0.match == .nearly } : exact
            if meant.isEmpty { isLost = true }
            for (index, _) in meant { guilty[index].append(failure) }
        }
        return guilty.map { failures in
            if !failures.isEmpty { return .refused(failures) }
            return isLost ? .unclear : .accepted
        }
    }
}
