import Domain

/// How many times their counterparts some prices are, with four decimals.
struct PriceRatios {
    private let sorted: [ExactDecimal]
    /// How many lie within three thousandths of the middle one.
    let concentration: Int

    init(_ ratios: [ExactDecimal]) {
        sorted = ratios.sorted()
        guard !sorted.isEmpty else {
            concentration = 0
            return
        }
        let middle = sorted[sorted.count / 2]
        let slack = max(middle.percentage(Self.slack) ?? .zero, Self.smallest)
        concentration =
            sorted.filter { ratio in
                (ratio > middle ? ratio.subtracting(middle) : middle.subtracting(ratio)).map { $0 <= slack } ?? false
            }.count
    }

    var count: Int { sorted.count }
    var median: ExactDecimal? { sorted.isEmpty ? nil : sorted[sorted.count / 2] }

    /// More than two fifths, and more than two or three by chance: some prices of a wrong list may have changed since.
    var isConcentrated: Bool { concentration * 5 > count * 2 && concentration > 3 }

    /// `exactly` or `0.83 times`
    var times: String {
        guard let median else { return "" }
        return median == 1 ? "exactly" : "\(median.rounded(.halfUp, digits: 3)) times"
    }

    private static let slack = ExactDecimal(coefficient: 3, scale: 1) ?? .zero
    private static let smallest = ExactDecimal(coefficient: 1, scale: 4) ?? .zero
}
