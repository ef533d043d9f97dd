import Domain

/// The number style of a column. Where two styles read every value and give other amounts, both are told.
struct NumberGuess {
    let reading: ColumnReading.NumberReading
    let evidence: String
    let misfits: Int

    /// `nil` where the values are no numbers. `values` are trimmed and not empty.
    init?(_ values: [[UInt8]]) {
        let parsed = NumberStyle.allCases.map { style in
            (style: style, numbers: values.map { value in value.withUnsafeBufferPointer { try? style.format.parse($0).get() } })
        }
        let best = parsed.map { $0.numbers.count { $0 != nil } }.max() ?? 0
        guard Misfits.areFew(values.count - best, of: values.count), best > 0 else { return nil }
        let fitting = parsed.filter { $0.numbers.count { $0 != nil } == best }
        guard let first = fitting.first else { return nil }
        // A style that gives the same amounts is no other reading.
        let second = fitting.dropFirst().first { $0.numbers != first.numbers }
        let doubtful = second.flatMap { second in values.indices.first { second.numbers[$0] != first.numbers[$0] } }
        let numbers = first.numbers.compactMap(\.self)
        let negative = numbers.count(where: \.isNegative)
        reading = .init(
            style: first.style, other: second?.style, doubtful: doubtful.map { Escaped(values[$0], limit: 40).description },
            isWhole: numbers.allSatisfy(\.isWhole),
            hasCurrency: values.contains { Self.hasCurrency($0, first.style) }, hasTrailingMinus: values.contains { $0.last == UInt8(ascii: "-") },
            hasParentheses: values.contains { $0.first == UInt8(ascii: "(") })
        misfits = values.count - best
        let style = first.style == .plain ? "plain numbers" : first.style.example
        let doubt = second.map { "; read as \($0.style.example) they would be other amounts" } ?? ""
        evidence = "\(style), \(negative) negative, in \(values.count) rows\(doubt)"
    }

    private static func hasCurrency(_ value: [UInt8], _ style: NumberStyle) -> Bool {
        let plain = value.withUnsafeBufferPointer { NumberSpelling.plain($0, groups: style.format.groups) } ?? value
        return plain.contains { $0 >= 0x80 || $0 == UInt8(ascii: "$") || ($0 | 0x20) &- 0x61 < 26 }
    }
}
