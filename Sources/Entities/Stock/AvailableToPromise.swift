package import Domain

/// The quantity the shop may promise of one source:
///
///     max(0, floor(free - buffer)),  free = sum over the source's warehouses of (on hand - allocated)
///
/// Exact throughout; a negative becomes zero; rounding is always down, to the decimals the product is sold in.
package struct AvailableToPromise: Hashable, Sendable {
    package var operands: [StockOperand]
    package var free: ExactDecimal
    package var rule: BufferPolicy.Rule
    package var keptBack: ExactDecimal
    package var quantity: ExactDecimal

    /// `nil` where the numbers leave the range of exact decimals: then nothing is sent.
    package init?(_ operands: [StockOperand], rule: BufferPolicy.Rule) {
        var free = ExactDecimal.zero
        for operand in operands {
            guard let available = operand.figure.available, let sum = free.adding(available) else { return nil }
            free = sum
        }
        guard let keptBack = rule.buffer.amount(of: free), let quantity = Self.quantity(free: free, rule: rule) else {
            return nil
        }
        self.operands = operands
        self.free = free
        self.rule = rule
        self.keptBack = keptBack
        self.quantity = quantity
    }

    static func quantity(free: ExactDecimal, rule: BufferPolicy.Rule) -> ExactDecimal? {
        guard let keptBack = rule.buffer.amount(of: free), let rest = free.subtracting(keptBack) else { return nil }
        let whole = rest.rounded(.down, digits: rule.decimals)
        return whole.isNegative ? .zero : whole
    }
}

extension AvailableToPromise: CustomStringConvertible {
    /// `LDS 118 - 12 = 106, free 106, buffer 2 + 5 % = 7.3 → 98`
    package var description: String {
        // Once per change: pieces put together cost less than one text interpolated.
        var text = ""
        for operand in operands {
            if !text.isEmpty { text += ", " }
            // A file of one warehouse need not name it.
            if !operand.warehouse.isEmpty {
                text += Escaped(operand.warehouse).description
                text += " "
            }
            switch operand.figure {
            case .free(let quantity):
                text += "free "
                text += quantity.description
            case .onHand:
                text += operand.figure.description
                text += " = "
                text += (operand.figure.available ?? .zero).description
            }
        }
        if operands.count > 1 { text += ", free \(free)" }
        if !rule.buffer.isNone { text += ", buffer \(rule.buffer) = \(keptBack)" }
        text += " → "
        text += quantity.description
        return text
    }
}
