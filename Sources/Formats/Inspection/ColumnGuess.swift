import Domain

/// Finds out what a column holds from its values.
struct ColumnGuess {
    /// Types are judged by so many values, taken evenly from the whole: files are sorted, and the first day of a month says little.
    private static let judged = 2000

    let column: InspectionReport.Column
    let damaged: Int

    init(caption: String, values: [[UInt8]]) {
        let trimmed = values.map { Array($0.trimmingBlanks()) }.filter { !$0.isEmpty && !Self.isNone($0) }
        let step = max(1, trimmed.count / Self.judged)
        let sample = step == 1 ? trimmed : stride(from: 0, to: trimmed.count, by: step).map { trimmed[$0] }
        let (reading, evidence, misfits) = Self.read(sample, rows: min(values.count, sample.count + values.count - trimmed.count))
        damaged = trimmed.count { value in value.withUnsafeBufferPointer { SpreadsheetDamage($0) != nil } }
        column = .init(
            caption: Escaped(caption, limit: 60).description, reading: reading,
            evidence: misfits == 0 ? evidence : "\(evidence); \(misfits) of \(sample.count) values are not",
            example: Escaped(trimmed.first ?? [], limit: 40).description, rows: values.count, filled: trimmed.count,
            distinct: Set(trimmed).count)
    }

    private static func read(_ values: [[UInt8]], rows: Int) -> (ColumnReading, evidence: String, misfits: Int) {
        guard !values.isEmpty else { return (.empty, "no value in \(rows) rows", 0) }
        if let date = DateGuess(values) { return (.date(date.reading), date.evidence, date.misfits) }
        if values.contains(where: { $0.count > 1 && $0[0] == 0x30 && $0.allSatisfy(isDigit) }) {
            return (.code, "digits with leading zeros: a code, not a number", 0)
        }
        if values.allSatisfy({ [8, 12, 13, 14].contains($0.count) && $0.allSatisfy(isDigit) }) {
            return (.code, "digits of a barcode's length: a code, not a number", 0)
        }
        if let number = NumberGuess(values) { return (.number(number.reading), number.evidence, number.misfits) }
        let words = Set(values.map { String(decoding: $0, as: UTF8.self) })
        let yes = words.filter { ["true", "yes", "y", "tyes"].contains($0.lowercased()) }
        let no = words.filter { ["false", "no", "n", "tno"].contains($0.lowercased()) }
        if words == yes.union(no) { return (.boolean(yes: yes.sorted(), no: no.sorted()), "only yes and no", 0) }
        return (.text, "\(words.count) different values in \(values.count) rows", 0)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }

    /// How exports say that there is no value.
    private static func isNone(_ value: [UInt8]) -> Bool {
        ["- None -", "N/A", "NULL", "\\N"].contains { value.elementsEqual($0.utf8) }
    }
}

extension Array where Element == UInt8 {
    func trimmingBlanks() -> ArraySlice<UInt8> {
        var slice = self[...]
        while let first = slice.first, first == 0x20 || first == 0x09 { slice.removeFirst() }
        while let last = slice.last, last == 0x20 || last == 0x09 { slice.removeLast() }
        return slice
    }
}
