package import Domain

/// A JSON document from the shop. Numbers keep their digits: a quantity never becomes binary floating point.
package enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// As written; read it through `decimal` or `whole`.
    case number(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)

    package subscript(_ name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    package var text: String? { if case .string(let text) = self { text } else { nil } }
    package var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }

    /// The exact number, also where Magento sends it as text. `nil` for anything else and beyond 18 digits.
    package var decimal: ExactDecimal? {
        switch self {
        case .number(let digits), .string(let digits): Self.decimal(digits)
        case .null, .bool, .array, .object: nil
        }
    }

    package var whole: Int? {
        // Digits alone, as ids are; within the 18 that `decimal` takes.
        if case .number(let digits) = self, digits.utf8.count <= ExactDecimal.maximumDigits, let whole = Int(digits) { return whole }
        guard let decimal, decimal.isWhole else { return nil }
        return Int(exactly: decimal.coefficient)
    }

    /// PHP writes large and small floats with an exponent: `1.0e+15`.
    private static func decimal(_ digits: String) -> ExactDecimal? {
        guard let mark = digits.utf8.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return ExactDecimal(plain: digits) }
        guard let mantissa = ExactDecimal(plain: digits[..<mark]),
            let exponent = Int(digits[mark...].dropFirst().drop { $0 == "+" }), (-36...36).contains(exponent)
        else { return nil }
        let scale = Int(mantissa.scale) - exponent
        guard scale < 0 else { return ExactDecimal(coefficient: mantissa.coefficient, scale: scale) }
        guard scale >= -ExactDecimal.maximumDigits else { return mantissa.isZero ? .zero : nil }
        let (product, overflowed) = mantissa.coefficient.multipliedReportingOverflow(
            by: Int64(ExactDecimal.powersOfTen[-scale]))
        return overflowed ? nil : ExactDecimal(coefficient: product, scale: 0)
    }
}
