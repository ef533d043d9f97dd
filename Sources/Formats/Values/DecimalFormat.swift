package import Domain

/// How numbers are written in one column, and the strict reading of them: exact or refused (reliability C7, F42).
///
/// Accepted: an optional sign, digits, optionally in complete groups of three, optionally a fraction of at least one digit
/// (`.5` is a number, `5.` looks cut off and is not). Leading zeros count for nothing. No exponent but that of a zero (`0E-8`),
/// no other digits than ASCII. The minus sign may be U+2212. At most 18 significant digits.
package struct DecimalFormat: Hashable, Sendable {
    package var decimalPoint = UInt8(ascii: ".")
    /// Separates groups of three digits; `nil` where numbers are not grouped.
    package var groupMark: UInt8?
    /// Group marks that are not one ASCII byte; go before `groupMark`.
    var groups: NumberSpelling.Groups?
    /// Numbers come from binary floating point: 15 digits count, and `2.9999999999999996` is 3.
    package var isFloatingPoint = false
    /// `5-` is minus five.
    package var allowsTrailingMinus = false
    /// `(5.00)` is minus five.
    package var allowsParentheses = false
    /// `£5.00`, `5.00 GBP` are five.
    package var allowsCurrency = false

    package init() {}

    package enum Fault: Error, Hashable, Sendable {
        case notANumber, tooLong, exponent, badGroups, cutOff
    }

    /// Reads the whole of `bytes` (UTF-8, no blanks around).
    @inline(__always)
    package func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<ExactDecimal, Fault> {
        // Plain whole numbers are nearly all of a stock file.
        if bytes.count > 0, bytes.count <= 17 {
            var value: Int64 = 0
            var position = 0
            while position < bytes.count {
                let digit = bytes[position] &- 0x30
                if digit > 9 { break }
                value = value &* 10 &+ Int64(digit)
                position += 1
            }
            if position == bytes.count { return .success(ExactDecimal(value)) }
        }
        if let plain = NumberSpelling.plain(bytes, groups: groups) { return plain.withUnsafeBufferPointer { parseSigned($0) } }
        return parseSigned(bytes)
    }

    private func parseSigned(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<ExactDecimal, Fault> {
        let outcome = parseFully(bytes)
        switch outcome {
        case .failure(.exponent) where NumberSpelling.isZero(bytes): return .success(.zero)
        case .success(let number) where isFloatingPoint: return .success(number.roundedToDouble)
        case .failure(.tooLong) where isFloatingPoint: return Self.shadow(bytes, point: decimalPoint)
        default: return outcome
        }
    }

    /// A number with more digits than are kept, of which only 15 mean anything.
    private static func shadow(_ bytes: UnsafeBufferPointer<UInt8>, point: UInt8) -> Result<ExactDecimal, Fault> {
        let text = String(decoding: bytes.map { $0 == point ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
        guard text.utf8.allSatisfy({ $0 &- 0x30 <= 9 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }), let value = Double(text),
            let whole = text.split(separator: ".").first, whole.utf8.count <= 15
        else { return .failure(.tooLong) }
        return ExactDecimal.nearest(value).map { .success($0) } ?? .failure(.tooLong)
    }

    private func parseFully(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<ExactDecimal, Fault> {
        var low = 0
        var high = bytes.count
        var isNegative = false
        if allowsParentheses, high - low > 2, bytes[low] == UInt8(ascii: "("), bytes[high - 1] == UInt8(ascii: ")") {
            isNegative = true
            low += 1
            high -= 1
        }
        if allowsCurrency { Currency.strip(bytes, &low, &high) }
        guard low < high else { return .failure(.notANumber) }
        if !isNegative {
            if bytes[low] == UInt8(ascii: "-") || bytes[low] == UInt8(ascii: "+") {
                isNegative = bytes[low] == UInt8(ascii: "-")
                low += 1
                if allowsCurrency { Currency.strip(bytes, &low, &high) }
            } else if allowsTrailingMinus, bytes[high - 1] == UInt8(ascii: "-") {
                isNegative = true
                high -= 1
            }
        }
        return digits(UnsafeBufferPointer(rebasing: bytes[low..<max(low, high)]), isNegative: isNegative)
    }

    private func digits(_ bytes: UnsafeBufferPointer<UInt8>, isNegative: Bool) -> Result<ExactDecimal, Fault> {
        var coefficient: UInt64 = 0
        var significant = 0
        var wholeDigits = 0
        var fractionDigits = 0
        var heldZeros = 0
        var scale = 0
        var groupStart = -1
        var isFraction = false
        for byte in bytes {
            let digit = byte &- 0x30
            if digit <= 9 {
                if isFraction {
                    fractionDigits += 1
                    // Zeros at the very end say nothing, however many there are.
                    if digit == 0 {
                        heldZeros += 1
                        continue
                    }
                    scale = fractionDigits
                } else {
                    wholeDigits += 1
                }
                if significant > 0 || digit > 0 { significant += 1 + (significant > 0 ? heldZeros : 0) }
                if significant > ExactDecimal.maximumDigits || scale > ExactDecimal.maximumDigits {
                    return .failure(.tooLong)
                }
                for _ in 0..<heldZeros { coefficient = coefficient &* 10 }
                heldZeros = 0
                coefficient = coefficient &* 10 &+ UInt64(digit)
            } else if byte == decimalPoint, !isFraction {
                if groupStart >= 0, wholeDigits - groupStart != 3 { return .failure(.badGroups) }
                isFraction = true
            } else if byte == (groups == nil ? groupMark : NumberSpelling.groupByte), !isFraction {
                guard wholeDigits > 0, groupStart >= 0 ? wholeDigits - groupStart == 3 : wholeDigits <= 3 else {
                    return .failure(.badGroups)
                }
                groupStart = wholeDigits
            } else if byte | 0x20 == UInt8(ascii: "e"), wholeDigits + fractionDigits > 0 {
                return .failure(.exponent)
            } else {
                return .failure(.notANumber)
            }
        }
        if !isFraction, groupStart >= 0, wholeDigits - groupStart != 3 { return .failure(.badGroups) }
        guard wholeDigits + fractionDigits > 0 else { return .failure(.notANumber) }
        if isFraction, fractionDigits == 0 { return .failure(.cutOff) }
        let signed = isNegative ? -Int64(coefficient) : Int64(coefficient)
        guard let value = ExactDecimal(coefficient: signed, scale: scale) else { return .failure(.tooLong) }
        return .success(value)
    }

    /// Signs of money that may stand beside an amount.
    private enum Currency {
        static let marks: [[UInt8]] = ["£", "€", "$", "GBP", "EUR", "USD"].map { Array($0.utf8) }

        static func strip(_ bytes: UnsafeBufferPointer<UInt8>, _ low: inout Int, _ high: inout Int) {
            for mark in marks {
                if high - low > mark.count, bytes[low..<low + mark.count].elementsEqual(mark) {
                    low += mark.count
                    while low < high, bytes[low] == UInt8(ascii: " ") { low += 1 }
                    return
                }
                if high - low > mark.count, bytes[high - mark.count..<high].elementsEqual(mark) {
                    high -= mark.count
                    while low < high, bytes[high - 1] == UInt8(ascii: " ") { high -= 1 }
                    return
                }
            }
        }
    }
}

extension ExactDecimal {
    /// The decimal of 15 digits that is the same binary number, or nearest to it.
    fileprivate var roundedToDouble: ExactDecimal {
        let digits = description.utf8.filter { $0 &- 0x30 <= 9 }.drop { $0 == UInt8(ascii: "0") }
        return digits.count > 15 ? Double(description).flatMap(Self.nearest) ?? self : self
    }

    fileprivate static func nearest(_ value: Double) -> ExactDecimal? {
        guard value.magnitude < 1e15 else { return nil }
        var scale = 0
        var bound = 1e14
        while scale < 15, value.magnitude < bound {
            bound /= 10
            scale += 1
        }
        var power = 1.0
        for _ in 0..<scale { power *= 10 }
        let scaled = (value * power).rounded()
        guard scaled.magnitude < 9e17 else { return nil }
        return ExactDecimal(coefficient: Int64(scaled), scale: scale)
    }
}
