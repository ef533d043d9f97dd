/// Statements about a journal that tests make. Each returns what contradicts it, in words; empty means it holds.
package enum JournalCheck {
    /// Every key of `expected` was committed with exactly that value, and no other key and no other value was.
    package static func finalValues(_ entries: [JournalEntry], equal expected: [String: String]) -> [String] {
        var last: [String: String] = [:]
        for item in commits(entries).map(\.item) { last[item.key] = item.value }
        let wrong = expected.filter { last[$0.key] != $0.value }
            .map { "\($0.key) should be \($0.value), is \(last[$0.key] ?? "nothing")" }
        let extra = last.keys.filter { expected[$0] == nil }.map { "\($0) was written and should not have been" }
        return (wrong + extra).sorted()
    }

    /// No key was committed twice.
    package static func nothingTwice(_ entries: [JournalEntry]) -> [String] {
        var counts: [String: Int] = [:]
        for item in commits(entries).map(\.item) { counts[item.key, default: 0] += 1 }
        return counts.filter { $0.value > 1 }.map { "\($0.key) was committed \($0.value) times" }.sorted()
    }

    /// The versions of a key's committed values never go back (reliability C1). `version` reads a value's version;
    /// a value without one is a contradiction.
    package static func versionsNeverDecrease(
        _ entries: [JournalEntry],
        version: (JournalItem) -> Int?
    ) -> [String] {
        var newest: [String: Int] = [:]
        var problems: [String] = []
        for (sequence, _, item) in commits(entries) {
            guard let number = version(item) else {
                problems.append("entry \(sequence): \(item.key) = \(item.value) has no version")
                continue
            }
            if let known = newest[item.key], number < known {
                problems.append("entry \(sequence): \(item.key) went from version \(known) back to \(number)")
            }
            newest[item.key] = max(number, newest[item.key] ?? number)
        }
        return problems
    }

    /// Nobody asked for what the credential does not allow.
    package static func nothingOutsideAccess(_ entries: [JournalEntry]) -> [String] {
        entries.compactMap { entry in
            entry.refusedResource.map { "entry \(entry.sequence): \(entry.method) \(entry.path) needs \($0)" }
        }
    }

    /// At most `limit` exchanges were open at any time.
    package static func concurrency(_ entries: [JournalEntry], atMost limit: Int) -> [String] {
        let peak = peakConcurrency(entries)
        return peak > limit ? ["\(peak) exchanges were open at once, \(limit) are allowed"] : []
    }

    package static func peakConcurrency(_ entries: [JournalEntry]) -> Int {
        var open = Set<Int>()
        var peak = 0
        for entry in entries {
            switch entry.event {
            case .arrived: open.insert(entry.exchange)
            case .answered, .dropped: open.remove(entry.exchange)
            case .committed: break
            }
            peak = max(peak, open.count)
        }
        return peak
    }

    /// No key is being written by two open exchanges at once (one writer per SKU).
    package static func oneWriterPerKey(_ entries: [JournalEntry]) -> [String] {
        let keys = Dictionary(grouping: commits(entries), by: \.exchange).mapValues { Set($0.map(\.item.key)) }
        var open: [Int: Set<String>] = [:]
        var problems: [String] = []
        for entry in entries {
            switch entry.event {
            case .arrived:
                let mine = keys[entry.exchange] ?? []
                for (other, theirs) in open where !mine.isDisjoint(with: theirs) {
                    let shared = mine.intersection(theirs).sorted().joined(separator: ", ")
                    problems.append("exchanges \(other) and \(entry.exchange) both write \(shared)")
                }
                open[entry.exchange] = mine
            case .answered, .dropped: open[entry.exchange] = nil
            case .committed: break
            }
        }
        return problems
    }

    private static func commits(_ entries: [JournalEntry]) -> [(sequence: Int, exchange: Int, item: JournalItem)] {
        entries.flatMap { entry in
            guard case .committed(let items) = entry.event else { return [(Int, Int, JournalItem)]() }
            return items.map { (entry.sequence, entry.exchange, $0) }
        }
    }
}
