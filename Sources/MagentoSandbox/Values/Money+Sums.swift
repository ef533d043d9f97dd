extension Money {
    package static func + (left: Money, right: Money) -> Money { Money(millionths: left.millionths + right.millionths) }
    package static func - (left: Money, right: Money) -> Money { Money(millionths: left.millionths - right.millionths) }
    package static func += (left: inout Money, right: Money) { left = left + right }
    package static prefix func - (money: Money) -> Money { Money(millionths: -money.millionths) }

    package static func sum(_ amounts: some Sequence<Money>) -> Money { amounts.reduce(.zero) { $0 + $1 } }

    /// Unit price times quantity, rounded to the penny.
    func times(_ quantity: Quantity) -> Money {
        Money(exact: Int128(millionths) * Int128(quantity.tenThousandths), per: 10_000).inPence
    }

    /// `percent` per cent of it, not rounded beyond the column.
    func percent(_ percent: Money) -> Money { Money(exact: Int128(millionths) * Int128(percent.millionths), per: 100_000_000) }

    /// The share that `part` of `whole` pieces has in it, rounded to the penny.
    func share(_ part: Quantity, of whole: Quantity) -> Money {
        guard whole > .zero, part != whole else { return self }
        return Money(exact: Int128(millionths) * Int128(part.tenThousandths), per: Int128(whole.tenThousandths)).inPence
    }

    /// Half away from zero.
    var inPence: Money { Money(millionths: Self.rounded(Int128(millionths), per: 10_000) * 10_000) }

    private init(exact numerator: Int128, per denominator: Int128) {
        self.init(millionths: Self.rounded(numerator, per: denominator))
    }

    private static func rounded(_ numerator: Int128, per denominator: Int128) -> Int64 {
        let half = numerator < 0 ? -denominator / 2 : denominator / 2
        return Int64((numerator + half) / denominator)
    }
}

extension Quantity {
    package static func - (left: Quantity, right: Quantity) -> Quantity {
        Quantity(tenThousandths: left.tenThousandths - right.tenThousandths)
    }
    package static func += (left: inout Quantity, right: Quantity) { left = left + right }
    package static prefix func - (quantity: Quantity) -> Quantity { Quantity(tenThousandths: -quantity.tenThousandths) }

    package static func sum(_ quantities: some Sequence<Quantity>) -> Quantity { quantities.reduce(.zero) { $0 + $1 } }

    /// Pieces are cut to whole ones, as PHP's `(int)` does.
    var whole: Quantity { Quantity(tenThousandths / 10_000) }

    func times(_ other: Quantity) -> Quantity {
        Quantity(tenThousandths: Int64(Int128(tenThousandths) * Int128(other.tenThousandths) / 10_000))
    }
}
