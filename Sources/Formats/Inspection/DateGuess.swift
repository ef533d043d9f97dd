/// The date form of a column, with day and month decided by its own values only.
struct DateGuess {
    private static let patterns = [
        "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z",
        "%d-%m-%Y", "%d.%m.%Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d/%m/%y", "%d/%m/%y %H:%M", "%d.%m.%y", "%Y%m%d", "%Y-%m-%d %H:%M:%S.%f",
        "%m/%d/%Y", "%m/%d/%y", "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m-%d-%Y",
    ].compactMap { DatePattern($0) }

    let reading: ColumnReading.DateReading
    let evidence: String
    let misfits: Int

    /// `nil` where the values are no dates. `values` are trimmed and not empty.
    init?(_ values: [[UInt8]]) {
        guard let first = values.first, first.contains(where: { !($0 &- 0x30 <= 9) }) || first.count == 8 else { return nil }
        let fits = Self.patterns.map { pattern in (pattern: pattern, count: values.count { Self.reads($0, pattern) }) }
        let best = fits.map(\.count).max() ?? 0
        guard Misfits.areFew(values.count - best, of: values.count) else { return nil }
        let fitting = fits.filter { $0.count == best }.map(\.pattern)
        guard let pattern = fitting.first else { return nil }
        if pattern.text == "%Y%m%d", !values.allSatisfy({ Self.isLikelyYear($0, pattern) }) { return nil }
        misfits = values.count - best
        let other = fitting.first { $0.text == Self.swapped(pattern.text) }?.text
        reading = .init(format: pattern.text, other: other)
        if other != nil {
            evidence = "day or month first is undecided: no value above 12 in either place; ask the sender"
        } else if Self.swapped(pattern.text) != nil {
            evidence =
                pattern.text.hasPrefix("%d")
                ? "day first: values above 12 in first place" : "month first: values above 12 in second place"
        } else {
            evidence = "all \(best) values have this form"
        }
    }

    private static func reads(_ value: [UInt8], _ pattern: DatePattern) -> Bool {
        value.withUnsafeBufferPointer { bytes in
            pattern.read(bytes).map { $0.isZero || $0.wallTime != nil } ?? false
        }
    }

    private static func isLikelyYear(_ value: [UInt8], _ pattern: DatePattern) -> Bool {
        let year = value.withUnsafeBufferPointer { pattern.read($0)?.year }
        return year.map { (1990...2099).contains($0) || $0 == 9999 || $0 == 0 } ?? true
    }

    /// The form with day and month exchanged; `nil` where the month is a name or the year stands first.
    private static func swapped(_ format: String) -> String? {
        if format.hasPrefix("%d"), format.dropFirst(3).hasPrefix("%m") {
            return "%m" + format.dropFirst(2).prefix(1) + "%d" + format.dropFirst(5)
        }
        if format.hasPrefix("%m"), format.dropFirst(3).hasPrefix("%d") {
            return "%d" + format.dropFirst(2).prefix(1) + "%m" + format.dropFirst(5)
        }
        return nil
    }
}

/// How many values of a column may be of another form before its type is doubted: a tenth, and one of four.
enum Misfits {
    static func areFew(_ misfits: Int, of count: Int) -> Bool {
        misfits == 0 || (count >= 4 && misfits * 10 <= max(count, 10))
    }
}
