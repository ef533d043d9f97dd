import Domain

/// Finds out what a column holds from its values.
struct ColumnGuess {
    private static let datePatterns = [
        "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
        "%d-%m-%Y", "%d.%m.%Y", "%d-%b-%Y", "%d-%b-%y", "%d/%m/%y", "%d/%m/%y %H:%M", "%Y%m%d", "%Y-%m-%d %H:%M:%S.%f",
        "%m/%d/%Y", "%m/%d/%y", "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M",
    ].compactMap { DatePattern($0) }

    let column: InspectionReport.Column
    private(set) var damaged = 0

    init(caption: String, values: [[UInt8]]) {
        let trimmed = values.map { Array($0.trimmingBlanks()) }.filter { !$0.isEmpty }
        let example = Escaped(trimmed.first ?? [], limit: 40).description
        let caption = Escaped(caption, limit: 60).description
        damaged = trimmed.count { value in value.withUnsafeBufferPointer { SpreadsheetDamage($0) != nil } }
        func found(_ type: String, _ format: String? = nil, _ evidence: String) -> InspectionReport.Column {
            .init(caption: caption, type: type, format: format, evidence: evidence, example: example)
        }
        guard !trimmed.isEmpty else {
            column = found("empty", nil, "no value in \(values.count) rows")
            return
        }
        if let (format, evidence) = Self.date(trimmed) {
            column = found(format.contains("%H") ? "datetime" : "date", format, evidence)
        } else if trimmed.contains(where: { $0.count > 1 && $0[0] == 0x30 && $0.allSatisfy { $0 &- 0x30 <= 9 } }) {
            column = found("string", nil, "digits with leading zeros: a code, not a number")
        } else if let (type, evidence) = Self.number(trimmed) {
            column = found(type, nil, evidence)
        } else if trimmed.allSatisfy({
            ["true", "false", "yes", "no", "y", "n"].contains(String(decoding: $0, as: UTF8.self).lowercased())
        }) {
            column = found("boolean", nil, "only yes and no")
        } else {
            column = found("string", nil, "\(Set(trimmed).count) different values in \(trimmed.count) rows")
        }
    }

    private static func number(_ values: [[UInt8]]) -> (String, String)? {
        var plain = DecimalFormat()
        plain.allowsTrailingMinus = true
        plain.allowsParentheses = true
        plain.allowsCurrency = true
        var english = plain
        english.groupMark = UInt8(ascii: ",")
        var continental = plain
        continental.decimalPoint = UInt8(ascii: ",")
        continental.groupMark = UInt8(ascii: ".")
        for (format, words) in [(plain, "plain numbers"), (english, "1,234.50"), (continental, "1.234,50")] {
            let numbers = values.map { value in value.withUnsafeBufferPointer { try? format.parse($0).get() } }
            guard numbers.allSatisfy({ $0 != nil }) else { continue }
            let isWhole = numbers.allSatisfy { $0?.isWhole == true }
            let negative = numbers.count { $0?.isNegative == true }
            return (isWhole ? "integer" : "number", "\(words), \(negative) negative, in \(values.count) rows")
        }
        return nil
    }

    /// The first pattern that all values have, with what decides between day and month.
    private static func date(_ values: [[UInt8]]) -> (String, String)? {
        guard values[0].contains(where: { !($0 &- 0x30 <= 9) }) || values[0].count == 8 else { return nil }
        let fitting = datePatterns.filter { pattern in
            values.allSatisfy { value in
                value.withUnsafeBufferPointer { bytes in
                    pattern.read(bytes).map { $0.isZero || $0.wallTime != nil } ?? false
                }
            }
        }
        guard let first = fitting.first else { return nil }
        if first.text == "%Y%m%d" {
            let years = values.compactMap { value in value.withUnsafeBufferPointer { first.read($0)?.year } }
            guard years.allSatisfy({ (1990...2099).contains($0) }) else { return nil }
        }
        let hasBothOrders =
            fitting.contains { $0.text.hasPrefix("%d/") } && fitting.contains { $0.text.hasPrefix("%m/") }
        if hasBothOrders {
            return (first.text, "day or month first is undecided: no value above 12 in either place; ask the sender")
        }
        if first.text.hasPrefix("%d/") || first.text.hasPrefix("%m/") {
            let order =
                first.text.hasPrefix("%d")
                ? "day first: values above 12 in first place" : "month first: values above 12 in second place"
            return (first.text, order)
        }
        return (first.text, "all \(values.count) values have this form")
    }
}

extension Array where Element == UInt8 {
    fileprivate func trimmingBlanks() -> ArraySlice<UInt8> {
        var slice = self[...]
        while let first = slice.first, first == 0x20 || first == 0x09 { slice.removeFirst() }
        while let last = slice.last, last == 0x20 || last == 0x09 { slice.removeLast() }
        return slice
    }
}
