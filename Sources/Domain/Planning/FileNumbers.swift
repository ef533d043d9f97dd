/// How a sender numbers its files: from where, up to where, and when it begins anew.
package struct FileNumberRule: Hashable, Sendable {
    package enum Restart: String, Sendable, CaseIterable {
        /// A newer file with the first number begins anew, whenever it comes.
        case any
        case never, day, month, year
    }

    package var first: Int64
    /// The number behind which the first one comes again; `nil` where numbers go on for ever.
    package var last: Int64?
    package var restart: Restart

    package init(first: Int64 = 1, last: Int64? = nil, restart: Restart = .any) {
        (self.first, self.last, self.restart) = (first, last, restart)
    }

    package enum Step: Hashable, Sendable {
        case next
        /// The numbers that should have come between, in their order.
        case gap([ClosedRange<Int64>])
        case again
        /// The sender began anew; what is missing at the new beginning.
        case restart([ClosedRange<Int64>])
        /// Below the last one, and no new beginning.
        case back
        /// Not one that the sender's rule knows.
        case outside
    }

    /// What `number` is after `previous`, of files of these days.
    package func step(from previous: (number: Int64, day: CivilDate), to number: Int64, on day: CivilDate) -> Step {
        guard number >= first, last.map({ number <= $0 }) ?? true else { return .outside }
        let isNewPeriod =
            switch restart {
            case .any, .never: false
            case .day: previous.day < day
            case .month: (previous.day.year, previous.day.month) < (day.year, day.month)
            case .year: previous.day.year < day.year
            }
        if isNewPeriod { return .restart(number > first ? [first...number - 1] : []) }
        if number == previous.number { return .again }
        // The last one was none of the sender's: nothing follows from it.
        guard previous.number >= first else { return .next }
        if let last, previous.number <= last { return wrapped(from: previous.number, to: number, last) }
        if number > previous.number { return number == previous.number + 1 ? .next : .gap([previous.number + 1...number - 1]) }
        return restart == .any && number == first ? .restart([]) : .back
    }

    /// Around the end of the numbers the shorter way is the one that was gone.
    private func wrapped(from previous: Int64, to number: Int64, _ last: Int64) -> Step {
        let size = last - first + 1
        let ahead = number > previous ? number - previous : number - previous + size
        if ahead == 1 { return number > previous ? .next : .restart([]) }
        guard ahead <= size / 2 else { return restart == .any && number == first ? .restart([]) : .back }
        if number > previous { return .gap([previous + 1...number - 1]) }
        let ranges = (previous < last ? [previous + 1...last] : []) + (number > first ? [first...number - 1] : [])
        return .restart(ranges)
    }
}

/// What is known of the number of a file when its plan is judged.
package struct FileNumbers: Hashable, Sendable {
    package var rule = FileNumberRule()
    /// Of the file, in the sender's time zone.
    package var day = CivilDate.firstDay
    package var previousDay = CivilDate.firstDay
    /// Of files that are here and wait for their turn: they are not missing.
    package var inHand: Set<Int64> = []
    /// It is older than what was applied last: its number says nothing of the order.
    package var isLate = false
    /// The run of another file with this number and other content.
    package var twin: Int64?

    package init() {}

    /// What of the number a person should know; `nil` where it is as it should be.
    package func objection(to number: Int64, after previous: Int64?) -> Objection? {
        if let twin { return Objection(text: "file number \(number) came before, with other content: run \(twin)", missing: []) }
        guard let previous, !isLate else { return nil }
        switch rule.step(from: (previous, previousDay), to: number, on: day) {
        case .next, .again: return nil
        case .gap(let ranges): return objection(ranges, "file number \(number) follows \(previous)")
        case .restart(let ranges): return objection(ranges, "file number \(number) follows \(previous), which ended the numbers before it")
        case .back:
            return Objection(
                text: "file number \(number) follows \(previous) although the file is newer: the numbers went back", missing: [])
        case .outside:
            let end = rule.last.map { " to \($0)" } ?? " on"
            return Objection(text: "file number \(number) is none of the sender's, which run from \(rule.first)\(end)", missing: [])
        }
    }

    package struct Objection: Hashable, Sendable {
        package var text: String
        package var missing: [ClosedRange<Int64>]
    }

    private func objection(_ ranges: [ClosedRange<Int64>], _ text: String) -> Objection? {
        let missing = ranges.flatMap { $0.without(inHand) }
        guard !missing.isEmpty else { return nil }
        let count = missing.reduce(0) { $0 + $1.upperBound - $1.lowerBound + 1 }
        return Objection(text: "\(text): \(missing.numbersInWords) \(count == 1 ? "is" : "are") missing", missing: missing)
    }
}

extension CivilDate {
    fileprivate static let firstDay = CivilDate(daysSinceEpoch: 0)
}

extension ClosedRange<Int64> {
    /// The ranges that are left when these numbers are taken out.
    package func without(_ numbers: Set<Int64>) -> [ClosedRange<Int64>] {
        var (start, ranges) = (lowerBound, [ClosedRange<Int64>]())
        for number in numbers.filter({ contains($0) }).sorted() {
            if number > start { ranges.append(start...number - 1) }
            start = number + 1
        }
        return start <= upperBound ? ranges + [start...upperBound] : ranges
    }
}

extension [ClosedRange<Int64>] {
    /// `number 8`, `numbers 8 to 10, 12`.
    package var numbersInWords: String {
        let shown = prefix(10).map { $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)" }
        let more = count > 10 ? " and \(count - 10) more ranges" : ""
        let isOne = count == 1 && self[0].lowerBound == self[0].upperBound
        return "\(isOne ? "number" : "numbers") \(shown.joined(separator: ", "))\(more)"
    }
}
