package import Domain

/// Changes on their way into a plan, side by side in one stretch of memory: a plan of a million is drafted without an
/// allocation for each.
package struct ChangeDrafts: Sendable {
    /// Where a change's parts end, counted from `start`: key, value before, value after, formula, and the records behind it.
    struct Row: Sendable {
        var keyHash: Int64
        var start: Int
        var keyEnd = 0
        var beforeEnd = 0
        var afterEnd = 0
        var evidenceEnd = 0
        var end = 0
        var hasBefore: Bool
        var records: Int
        var reach = ChangeReach.shop
        var due: UTCInstant?
        var urgency = ChangeUrgency.usual

        var key: Range<Int> { start..<start + keyEnd }
        var before: Range<Int> { start + keyEnd..<start + beforeEnd }
        var after: Range<Int> { start + beforeEnd..<start + afterEnd }
        var evidence: Range<Int> { start + afterEnd..<start + evidenceEnd }
        var origins: Range<Int> { start + evidenceEnd..<start + end }
    }

    private(set) var bytes: [UInt8] = []
    private(set) var rows: [Row] = []

    package init() {}

    package init(_ drafts: some Sequence<ChangeDraft>) {
        for draft in drafts { append(draft) }
    }

    package var count: Int { rows.count }
    package var isEmpty: Bool { rows.isEmpty }
    /// How many records stand behind the change at `index`.
    package func records(_ index: Int) -> Int { rows[index].records }
    package func key(_ index: Int) -> RecordKey { RecordKey(bytes[rows[index].key]) }
    package func after(_ index: Int) -> EncodedValue { Array(bytes[rows[index].after]) }
    package func due(_ index: Int) -> UTCInstant? { rows[index].due }
    package func urgency(_ index: Int) -> ChangeUrgency { rows[index].urgency }
    package mutating func set(_ urgency: ChangeUrgency, at index: Int) { rows[index].urgency = urgency }
    package func hasBefore(_ index: Int) -> Bool { rows[index].hasBefore }
    package func origins(_ index: Int) throws -> [RecordOrigin] {
        try RecordOrigin.decode(Array(bytes[rows[index].origins]))
    }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
    }

    package mutating func append(_ draft: ChangeDraft) {
        var row = Row(
            keyHash: draft.keyHash, start: bytes.count, hasBefore: draft.before != nil, records: draft.origins.count, reach: draft.reach,
            due: draft.due, urgency: draft.urgency)
        bytes += draft.key.bytes
        row.keyEnd = bytes.count - row.start
        bytes += draft.before ?? []
        row.beforeEnd = bytes.count - row.start
        bytes += draft.after
        row.afterEnd = bytes.count - row.start
        bytes += draft.evidence.utf8
        row.evidenceEnd = bytes.count - row.start
        for origin in draft.origins { origin.encode(into: &bytes) }
        row.end = bytes.count - row.start
        rows.append(row)
    }

    /// Appends what `revise` makes of a key with one record; nothing where it makes nothing.
    package mutating func append(
        key: UnsafeRawBufferPointer, keyHash: Int64, before: UnsafeRawBufferPointer, origin: RecordOrigin,
        revise: (inout [UInt8]) -> Revision?
    ) -> Revision? {
        var row = Row(keyHash: keyHash, start: bytes.count, hasBefore: true, records: 1)
        bytes.append(contentsOf: key)
        row.keyEnd = bytes.count - row.start
        bytes.append(contentsOf: before)
        row.beforeEnd = bytes.count - row.start
        guard let revision = revise(&bytes) else {
            bytes.removeSubrange(row.start...)
            return nil
        }
        row.afterEnd = row.beforeEnd + revision.valueCount
        row.evidenceEnd = bytes.count - row.start
        origin.encode(into: &bytes)
        row.end = bytes.count - row.start
        row.reach = revision.reach
        rows.append(row)
        return revision
    }

    /// Appends the change that stands at `index` in `others`.
    package mutating func append(_ index: Int, of others: borrowing ChangeDrafts) {
        var row = others.rows[index]
        let from = row.start
        row.start = bytes.count
        others.bytes.withUnsafeBytes { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[from..<from + row.end])) }
        rows.append(row)
    }

    package subscript(_ index: Int) -> ChangeDraft {
        get throws {
            let row = rows[index]
            return ChangeDraft(
                key: key(index), keyHash: row.keyHash, before: row.hasBefore ? Array(bytes[row.before]) : nil,
                after: after(index), evidence: String(decoding: bytes[row.evidence], as: UTF8.self),
                origins: try origins(index), reach: row.reach, due: row.due, urgency: row.urgency)
        }
    }
}
