/// What a price column `decimal(20,6)` holds: millionths, rounded as MySQL does.
package struct Money: Hashable, Sendable, Comparable {
    package static let zero = Money(millionths: 0)
    private static let largest: Int64 = 900_000_000_000_000_000

    package let millionths: Int64

    package init(millionths: Int64) { self.millionths = millionths }
    package init(_ whole: Int64) { millionths = whole * 1_000_000 }
    package init(pence: Int64) { millionths = pence * 10_000 }

    /// `12`, `-0.5`, `12.345678`. `nil` where the text is no number.
    package init?(numeric text: String) {
        guard let units = FixedPoint.units(numeric: text, decimals: 6, largest: Self.largest) else { return nil }
        millionths = units
    }

    package static func < (left: Money, right: Money) -> Bool { left.millionths < right.millionths }

    /// As PHP prints the float: `5`, `19.99`.
    package var number: String { FixedPoint.text(units: millionths, decimals: 6) }

    /// For a page: `19.99`, always with two decimals at least.
    var shown: String {
        let text = number
        guard let point = text.firstIndex(of: ".") else { return text + ".00" }
        return text[point...].utf8.count == 2 ? text + "0" : text
    }

    /// With `percent` per cent of tax, rounded to the penny as it is shown.
    func taxed(_ percent: Money) -> Money {
        guard percent != .zero else { return self }
        let whole = Int128(millionths) * (100_000_000 + Int128(percent.millionths))
        return Money(pence: Int64((whole + 500_000_000_000) / 1_000_000_000_000))
    }

    /// Less `percent` per cent, rounded to the column.
    func discounted(by percent: Money) -> Money {
        let rest = Int128(100_000_000) - Int128(percent.millionths)
        return Money(millionths: Int64((Int128(millionths) * rest + 50_000_000) / 100_000_000))
    }
}
