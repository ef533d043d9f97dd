package import Domain

/// What is kept back from sale, so that orders the ERP has not seen yet find goods (requirement C141-C143).
///
/// `units + percent of the free quantity`, never below `minimum` nor above `maximum`.
package struct SafetyBuffer: Hashable, Sendable {
    package var units: ExactDecimal
    package var percent: ExactDecimal
    package var minimum: ExactDecimal?
    package var maximum: ExactDecimal?

    package static let none = SafetyBuffer()

    package init(
        units: ExactDecimal = .zero,
        percent: ExactDecimal = .zero,
        minimum: ExactDecimal? = nil,
        maximum: ExactDecimal? = nil
    ) {
        self.units = units
        self.percent = percent
        self.minimum = minimum
        self.maximum = maximum
    }

    package var isNone: Bool { self == .none }

    /// What to keep back of `free`. `nil` where the numbers leave the range of exact decimals.
    package func amount(of free: ExactDecimal) -> ExactDecimal? {
        guard !isNone else { return .zero }
        let base = free.isNegative ? .zero : free
        guard var amount = base.percentage(percent)?.adding(units) else { return nil }
        if let minimum { amount = max(amount, minimum) }
        if let maximum { amount = min(amount, maximum) }
        return amount
    }
}

extension SafetyBuffer: CustomStringConvertible {
    /// `2 + 5 %, at least 1, at most 20`
    package var description: String {
        var text = percent.isZero ? "\(units)" : "\(units) + \(percent) %"
        if let minimum { text += ", at least \(minimum)" }
        if let maximum { text += ", at most \(maximum)" }
        return text
    }
}
