/// The counts of one entity in one run. They must balance: `read` is the sum of the outcomes.
package struct Tally: Hashable, Sendable {
    package var read: Int
    package var counts: [Outcome: Int]

    package init(read: Int = 0, counts: [Outcome: Int] = [:]) {
        self.read = read
        self.counts = counts.filter { $0.value != 0 }
    }

    package subscript(_ outcome: Outcome) -> Int {
        get { counts[outcome, default: 0] }
        set { counts[outcome] = newValue == 0 ? nil : newValue }
    }

    package var isBalanced: Bool { read == counts.values.reduce(0, +) }

    /// Moves `count` records from one outcome to another.
    package mutating func move(_ count: Int, from old: Outcome, to new: Outcome) {
        self[old] -= count
        self[new] += count
    }

    package static func + (left: Tally, right: Tally) -> Tally {
        Tally(read: left.read + right.read, counts: left.counts.merging(right.counts, uniquingKeysWith: +))
    }
}

extension Tally: CustomStringConvertible {
    /// `5 read = 3 applied + 1 unchanged + 1 rejected`; every outcome that occurred, in a fixed order.
    package var description: String {
        let parts = Outcome.allCases.filter { self[$0] != 0 }.map { "\(self[$0]) \($0.rawValue)" }
        return "\(read) read = " + (parts.isEmpty ? "0" : parts.joined(separator: " + "))
    }
}
