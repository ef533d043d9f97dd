import Domain

extension ExactDecimal {
    /// `self` times `part` of `whole`, to four decimals. Zero where nothing is whole or the numbers are too large.
    func share(of part: ExactDecimal, in whole: ExactDecimal) -> ExactDecimal {
        guard part != whole else { return self }
        guard !whole.isZero, let product = multiplied(by: part) else { return .zero }
        let digits = 4 + Int(whole.scale) - Int(product.scale)
        var (above, below) = (Int128(product.coefficient), Int128(whole.coefficient))
        for _ in 0..<abs(digits) { if digits > 0 { above *= 10 } else { below *= 10 } }
        if below < 0 { (above, below) = (-above, -below) }
        let half = below / 2
        let rounded = above >= 0 ? (above + half) / below : -((-above + half) / below)
        return Int64(exactly: rounded).flatMap { ExactDecimal(coefficient: $0, scale: 4) } ?? .zero
    }
}
