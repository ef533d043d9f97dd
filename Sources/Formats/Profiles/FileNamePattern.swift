import Domain

/// Where a file's name holds its time and sequence: `STOCK_%Y%m%d%H%M_{sequence}.csv`, `*_%d-%m-%Y.csv`.
///
/// Date directives as in `DatePattern`; `{sequence}` is a run of digits; one `*` stands for anything. Letter case of the
/// rest does not count.
struct FileNamePattern: Sendable {
    private enum Part: Sendable {
        case date(DatePattern.Part)
        case sequence
        case anything
    }

    let text: String
    private let parts: [Part]

    /// `nil` where a directive is unknown, `*` or `{sequence}` stands twice, or there is nothing to find.
    init?(_ text: String) {
        self.text = text
        var parts: [Part] = []
        let mark = "\u{1}"
        let prepared = text.replacing("{sequence}", with: mark)
        guard let dateParts = DatePattern.parts(of: prepared) else { return nil }
        for part in dateParts {
            switch part {
            case .literal(1): parts.append(.sequence)
            case .literal(UInt8(ascii: "*")): parts.append(.anything)
            default: parts.append(.date(part))
            }
        }
        func count(_ test: (Part) -> Bool) -> Int { parts.count(where: test) }
        guard count({ if case .anything = $0 { true } else { false } }) <= 1 else { return nil }
        guard count({ if case .sequence = $0 { true } else { false } }) <= 1 else { return nil }
        self.parts = parts
    }

    struct Match {
        var reading: DatePattern.Reading
        var sequence: Int64?
    }

    /// `nil` where the name does not have this form from end to end.
    func match(_ name: String) -> Match? {
        var match = Match(reading: DatePattern.Reading())
        return matches(parts[...], Array(name.utf8)[...], &match) ? match : nil
    }

    private func matches(_ parts: ArraySlice<Part>, _ name: ArraySlice<UInt8>, _ match: inout Match) -> Bool {
        guard let part = parts.first else { return name.isEmpty }
        let rest = parts.dropFirst()
        switch part {
        case .anything:
            return (0...name.count).contains { skipped in matches(rest, name.dropFirst(skipped), &match) }
        case .sequence:
            let digits = name.prefix { $0 &- 0x30 <= 9 }
            guard let number = Int64(String(decoding: digits, as: UTF8.self)) else { return false }
            match.sequence = number
            return matches(rest, name.dropFirst(digits.count), &match)
        case .date(.literal(let byte)):
            guard let first = name.first, Self.lower(first) == Self.lower(byte) else { return false }
            return matches(rest, name.dropFirst(), &match)
        case .date(let directive):
            guard let length = directive.fixedLength, name.count >= length else { return false }
            let digits = name.prefix(length)
            if directive == .monthName {
                guard let month = DatePattern.monthNames.firstIndex(of: digits.map(Self.lower)) else { return false }
                match.reading.month = month + 1
            } else {
                guard digits.allSatisfy({ $0 &- 0x30 <= 9 }), let number = Int(String(decoding: digits, as: UTF8.self))
                else { return false }
                match.reading.set(directive, to: number)
            }
            return matches(rest, name.dropFirst(length), &match)
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    /// Whether a date can be had from a match.
    var hasDate: Bool {
        parts.contains { if case .date(.day) = $0 { true } else { false } }
    }

    var hasSequence: Bool {
        parts.contains { if case .sequence = $0 { true } else { false } }
    }
}

extension DatePattern.Part {
    /// In names every number has its full width.
    fileprivate var fixedLength: Int? {
        switch self {
        case .year: 4
        case .shortYear, .month, .day, .hour, .minute, .second: 2
        case .monthName, .fraction: 3
        case .literal, .offset: nil
        }
    }
}

extension DatePattern.Reading {
    fileprivate mutating func set(_ part: DatePattern.Part, to number: Int) {
        switch part {
        case .year: year = number
        case .shortYear: year = number + (number >= 70 ? 1900 : 2000)
        case .month: month = number
        case .day: day = number
        case .hour: hour = number
        case .minute: minute = number
        case .second: second = number
        case .fraction: millisecond = number
        case .literal, .monthName, .offset: break
        }
    }
}
