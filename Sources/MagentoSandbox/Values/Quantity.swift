/// What a column `decimal(12,4)` holds: ten-thousandths, rounded and clamped as MySQL does with a lenient SQL mode.
package struct Quantity: Hashable, Sendable, Comparable {
    package static let zero = Quantity(tenThousandths: 0)
    package static let largest = Quantity(tenThousandths: 999_999_999_999)

    package let tenThousandths: Int64

    package init(tenThousandths: Int64) { self.tenThousandths = tenThousandths }
    package init(_ whole: Int64) { tenThousandths = whole * 10_000 }

    /// `12`, `-0.5`, `1.23456789`, `1e12`. `nil` where the text is no number.
    package init?(numeric text: String) {
        guard let units = FixedPoint.units(numeric: text, decimals: 4, largest: Self.largest.tenThousandths) else { return nil }
        tenThousandths = units
    }

    package static func < (left: Quantity, right: Quantity) -> Bool { left.tenThousandths < right.tenThousandths }
    package static func + (left: Quantity, right: Quantity) -> Quantity {
        Quantity(tenThousandths: left.tenThousandths + right.tenThousandths)
    }

    /// As PHP prints the float: `5`, `-0.5`, `99999999.9999`.
    package var number: String { FixedPoint.text(units: tenThousandths, decimals: 4) }

    /// As the database hands the column over: `1.0000`.
    var column: String {
        let fraction = String(String(10_000 + tenThousandths.magnitude % 10_000).dropFirst())
        return "\(tenThousandths < 0 ? "-" : "")\(tenThousandths.magnitude / 10_000).\(fraction)"
    }
}
