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
        var text: [UInt8] = []
        for operand in operands {
            if !text.isEmpty { text += ", ".utf8 }
            Self.write(operand.figure, of: Escaped(operand.warehouse).description.utf8, into: &text)
        }
        if operands.count > 1 { text += ", free \(free)".utf8 }
        Self.write(quantity, keptBack: keptBack, by: rule, into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The formula's part for one warehouse. A file of one warehouse need not name it.
    static func write(_ figure: StockFigure, of warehouse: some Collection<UInt8>, into text: inout [UInt8]) {
        if !warehouse.isEmpty {
            text += warehouse
            text.append(UInt8(ascii: " "))
        }
        switch figure {
        case .free(let quantity):
            text += "free ".utf8
            quantity.write(into: &text)
        case .onHand(let onHand, let allocated):
            onHand.write(into: &text)
            if !allocated.isZero {
                text += " - ".utf8
                allocated.write(into: &text)
            }
            text += " = ".utf8
            (figure.available ?? .zero).write(into: &text)
        }
    }

    /// The formula's end.
    static func write(_ quantity: ExactDecimal, keptBack: ExactDecimal, by rule: BufferPolicy.Rule, into text: inout [UInt8]) {
        if !rule.buffer.isNone { text += ", buffer \(rule.buffer) = \(keptBack)".utf8 }
        text += " → ".utf8
        quantity.write(into: &text)
    }
}
