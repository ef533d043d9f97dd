package import Domain
package import Endpoints
package import Formats
package import StateStore

/// A rejected record taken apart: its cells under the captions of its file, put together again and read by the flow's own reader.
///
/// Needs neither the shop nor the ledger: what it says of a corrected record is what the next attempt's reading says of it.
package struct RecordBench: Sendable {
    package struct Cell: Hashable, Sendable {
        package var caption: String
        package var text: String
        /// Whether the rejection names its column.
        package var isNamed: Bool
    }

    /// In the order of the file; empty where the format has no cells, and the record is corrected as a whole.
    package let cells: [Cell]
    /// The record as it would be read now: as it was corrected, or as it came.
    package let text: String
    private let record: [UInt8]
    private let profile: Profile
    private let timeZone: String
    private let delivery: Delivery
    /// What stands above the first record; `nil` where the file is no longer here.
    private let head: [UInt8]?

    /// `nil` where the record has no bytes, such as an order's.
    package init?(_ error: QueuedError, of delivery: Delivery, in spool: Spool, _ profile: Profile, timeZone: String) {
        self.init(error, of: delivery, head: Self.head(of: delivery, in: spool, profile, timeZone: timeZone), profile, timeZone: timeZone)
    }

    fileprivate static func head(of delivery: Delivery, in spool: Spool, _ profile: Profile, timeZone: String) -> [UInt8]? {
        try? RetryDelivery.head(of: delivery, in: spool, profile, timeZone: timeZone)
    }

    fileprivate init?(_ error: QueuedError, of delivery: Delivery, head: [UInt8]?, _ profile: Profile, timeZone: String) {
        guard let record = error.edited ?? error.verdict.original else { return nil }
        self.record = record
        self.profile = profile
        self.timeZone = timeZone
        self.delivery = delivery
        self.head = head
        text = profile.text(of: record)
        let texts = profile.cells(of: record) ?? []
        var captions: [String] = []
        if let head, !texts.isEmpty {
            let context = Self.context(delivery, timeZone)
            captions = (try? profile.captions(of: MemoryByteSource(head + record), context: context)) ?? []
        }
        let named = error.verdict.reason?.column
        cells = texts.enumerated().map { index, text in
            let caption = index < captions.count ? captions[index] : "Column \(index + 1)"
            return Cell(caption: Escaped(caption, limit: 100).description, text: text, isNamed: caption == named)
        }
    }

    /// Whether it can be retried from here: the head of its file is needed.
    package var isComplete: Bool { head != nil }

    /// The record with other cells; those that are as they were keep their bytes where all are.
    package func record(with texts: [Int: String]) throws -> [UInt8] {
        let changed = cells.enumerated().map { index, cell in texts[index] ?? cell.text }
        guard changed != cells.map(\.text) else { return record }
        return try profile.record(of: changed)
    }

    /// A whole line instead.
    package func record(line: String) throws -> [UInt8] {
        var line = line
        while let last = line.last, last.isNewline { line.removeLast() }
        let encoded = profile.encoding.encode(line + "\r\n")
        guard encoded.replaced == 0 else {
            throw Diagnostic("EDIT-LINE", "\(encoded.replaced) characters are not in the file's encoding", fix: "write them in another way")
        }
        return encoded.bytes
    }

    /// Why the reader would reject the record; `nil` where it would not. Throws `EDIT-LINE` where it is more or less than one record.
    package func problem(with record: [UInt8]) throws -> RejectReason? {
        // A file that is no longer here cannot be retried either; that is told then.
        guard let head, let content = try? profile.rejoined(head: head, records: [record]) else { return nil }
        var found: RejectReason?
        var context = Self.context(delivery, timeZone)
        context.headerTellsCount = true
        let proof = try profile.check(MemoryByteSource(content), context: context) { _, reason in found = found ?? reason }
        if let found { return found }
        guard proof.records == 1 else {
            throw Diagnostic("EDIT-LINE", "the new line is \(proof.records) records", fix: "give one whole line; nothing was changed")
        }
        return nil
    }

    /// The cell that a reason names.
    package func index(of column: String?) -> Int? {
        guard let column else { return nil }
        return cells.firstIndex { $0.caption == Escaped(column, limit: 100).description }
    }

    private static func context(_ delivery: Delivery, _ timeZone: String) -> ReadContext {
        ReadContext(fileName: delivery.displayName, modified: delivery.modified, timeZone: timeZone)
    }
}

/// Benches for many records: what stands above the records of a file is read once for each file.
package final class RecordBenches {
    private let spool: Spool
    private let profile: Profile
    private let timeZone: String
    private var heads: [Int64: [UInt8]?] = [:]

    package init(in spool: Spool, _ profile: Profile, timeZone: String) {
        self.spool = spool
        self.profile = profile
        self.timeZone = timeZone
    }

    package func bench(_ error: QueuedError, of delivery: Delivery) -> RecordBench? {
        if heads[delivery.id] == nil { heads[delivery.id] = .some(RecordBench.head(of: delivery, in: spool, profile, timeZone: timeZone)) }
        return RecordBench(error, of: delivery, head: heads[delivery.id] ?? nil, profile, timeZone: timeZone)
    }
}
