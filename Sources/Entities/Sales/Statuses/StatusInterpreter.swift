import Domain

/// Takes the last row of an order for how it stands.
struct StatusInterpreter: RowInterpreter {
    private let rules: StatusRules
    private var orders: OrderNames

    init(rules: StatusRules, books: (any OrderBooks)? = nil) {
        self.rules = rules
        orders = OrderNames(digits: rules.orderDigits, books: books)
    }

    mutating func interpret(_ batch: RecordBatch, into rows: inout KeyedRows) {
        for (index, entry) in batch.entries.enumerated() {
            for row in 0..<entry.rowCount {
                let key: [UInt8]?
                do throws(RejectReason) {
                    let named = text(batch, entry, row, 0)
                    key = if let named { Array(try orders.number(named).utf8) } else { nil }
                } catch {
                    if entry.rejection < 0 { rows.reject(entry: index, error, key: nil, origin: entry.origin) }
                    break
                }
                if entry.rejection >= 0 {
                    if let key { rows.markIncomplete(key: key[...], origin: entry.origin) }
                    continue
                }
                guard let key else {
                    rows.reject(entry: index, SalesRejections.missing("order"), key: nil, origin: entry.origin)
                    break
                }
                guard let word = text(batch, entry, row, 1) else {
                    rows.reject(entry: index, SalesRejections.missing("order_status"), key: key[...], origin: entry.origin)
                    break
                }
                let value = StatusValue(word: word, remark: text(batch, entry, row, 2))
                rows.append(key: key[...], origin: entry.origin) { $0 += value.encoded }
            }
        }
    }

    mutating func decide(_ group: KeyGroup, mirror: ArraySlice<UInt8>?, mode: FileMode) -> KeyVerdict {
        guard let last = group.rows.last else { return KeyVerdict(.unchanged) }
        if last.isIncomplete { return KeyVerdict(.rejected(Self.incomplete(last.origin.line))) }
        guard let value = try? StatusValue(encoded: group.payload(last)) else { return KeyVerdict(.rejected(SalesRejections.unreadable)) }
        let earlier = Array(0..<(group.rows.count - 1))
        guard rules.words[value.word] != nil else {
            guard rules.unknown == .ignore else { return KeyVerdict(.rejected(Self.unknown(value.word)), superseded: earlier) }
            // Nothing is said to the shop, and the word is remembered, so that the next one counts as news.
            return KeyVerdict(.refreshed(value.encoded), superseded: earlier)
        }
        if let mirror, Array(mirror) == value.encoded { return KeyVerdict(.unchanged, superseded: earlier) }
        return KeyVerdict(.change(value.encoded), superseded: earlier, evidence: rules.text(of: value))
    }

    /// An order that a file leaves out stands as it stood.
    mutating func decideMissing(_ key: RecordKey, mirror: ArraySlice<UInt8>) -> KeyVerdict? { nil }

    private func text(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int, _ field: Int) -> String? {
        guard case .text(let range) = batch.cell(entry, row: row, field: field) else { return nil }
        return String(decoding: batch.bytes[range], as: UTF8.self)
    }

    private static func unknown(_ word: String) -> RejectReason {
        RejectReason(
            "STATUS-UNKNOWN", column: "order_status", value: Escaped(word, limit: 80).description,
            "the word \(Escaped(word, limit: 80)) is not in the settings",
            fix: "add it to statuses.words, then retry; all orders that wait are mended with it")
    }
    private static func incomplete(_ line: Int) -> RejectReason {
        RejectReason("EVENT-INCOMPLETE", "the order's last row cannot be taken (line \(line))", fix: "mend that row and retry")
    }
}
