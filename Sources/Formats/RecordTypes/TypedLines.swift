import Domain

/// Lines of several kinds as records: headers lend their values to what stands below, rows belong to the record above.
struct TypedLines: LineCollector {
    /// One line taken apart: whether a column stands in it, and its text in UTF-8.
    private struct Line {
        var cells: [[UInt8]]
        /// The whole content, decoded; for fixed widths.
        var content: [UInt8]
        /// Offsets of characters in `content`; empty where each has one byte.
        var characters: [Int]
    }

    static let namesColumns = false

    /// Of one record, as in XML.
    private static let maximumRows = 100_000
    private static let maximumBytes = 64 << 20

    private let file: RecordsFile
    private let isFixed: Bool
    private let shortRows: Layout.Lenience
    private let sink: any RecordSink
    private(set) var rows: RowReader
    private var check: RowCheck
    private var store: SlotStore
    private let slotOf: [String: Int]
    private let recordSlots: [Int]
    private let rowSlots: [Int]
    private let rowFlags: [Bool]
    private let hasHeaders: Bool
    /// The record that waits for its rows, with all its lines.
    private var open: (origin: RecordOrigin, bytes: [UInt8], reason: RejectReason?)?
    private var isHeaderSeen = false
    /// Counts of the document that is open, for its trailer.
    private var documentCounts = (records: 0, rows: 0, lines: 0)
    /// Bytes of lines that are no records, by what they are.
    private var passed = LineAccount()
    private(set) var statements: FileStatements
    private(set) var recordCount = 0
    private(set) var isFinished = false

    init(
        profile: Profile, file: RecordsFile, source: any ByteSource, context: ReadContext, sink: any RecordSink
    ) throws {
        self.file = file
        self.sink = sink
        isFixed = profile.format == .fixed
        shortRows = profile.layout.shortRows
        rows = try RowReader(profile: profile, source: source, context: context)
        check = RowCheck(profile: profile)
        statements = FileStatements(profile, file: context.fileName)
        let names = profile.schema.columns.map(\.name)
        slotOf = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        func slots(_ role: RecordsFile.Role) -> Set<String> {
            Set(file.kinds.filter { $0.role == role }.flatMap { $0.places.map(\.column) })
        }
        let (inRow, inRecord) = (slots(.row), slots(.record))
        rowFlags = names.map { inRow.contains($0) }
        rowSlots = names.indices.filter { inRow.contains(names[$0]) }
        recordSlots = names.indices.filter { inRow.contains(names[$0]) || inRecord.contains(names[$0]) }
        hasHeaders = file.kinds.contains { $0.role == .header }
        store = SlotStore(
            names.indices.map { SlotRule(repeated: .last, separator: [], isInRow: inRow.contains(names[$0])) },
            columnCount: names.count)
    }

    /// Takes lines until `limit` more records were handed over or the file ends.
    mutating func readOn(limit: Int) throws {
        let end = recordCount + limit
        while recordCount < end {
            guard try rows.next() else { return try finish() }
            try take()
        }
    }

    /// The reader of rows takes every line for a record.
    var account: LineAccount {
        var account = rows.account
        account.records -= passed.total
        account.header += passed.header
        account.trailer += passed.trailer
        account.comment += passed.comment
        return account
    }

    var contradiction: String? { check.contradiction }

    /// What the file says of itself, once it was read.
    func withStatements(_ body: (CollectedRecord) -> Void) {
        store.withRecord(inRow: rowFlags, origin: origin, fault: nil, original: .init(start: nil, count: 0), body)
    }

    // MARK: One line

    private mutating func take() throws {
        documentCounts.lines += 1
        let survey = ByteSurvey(UnsafePointer(rows.window.current), count: rows.row.contentLength)
        let line = takenApart()
        let tag = file.tag.map { text($0, line) } ?? nil
        let found = file.tag == nil ? file.kinds[0] : file.kinds.first { tag?.elementsEqual($0.tag.utf8) == true }
        guard let kind = found else { return try unknown(tag ?? []) }
        check.shape = TableShape(count: rows.row.fieldCount)
        let reason = try check.reason(&rows, survey) ?? raggedReason(kind, line)
        switch kind.role {
        case .ignore: passed.comment += rows.length
        case .header: try header(kind, line, reason)
        case .record: try record(kind, line, reason)
        case .row: try row(kind, line, reason)
        case .trailer: try trailer(kind, line, reason)
        }
    }

    private mutating func header(_ kind: RecordsFile.Kind, _ line: Line, _ reason: RejectReason?) throws {
        try close()
        passed.header += rows.length
        if let reason { throw structural("a header line cannot be read: \(reason.text)", reason.fix) }
        // Headers declared behind this one are inside of it.
        let level = file.kinds.firstIndex { $0.tag == kind.tag } ?? 0
        for inner in file.kinds[level...] where inner.role == .header { empty(inner) }
        store.compact()
        keep(kind, line)
        if level == file.kinds.firstIndex(where: { $0.role == .header }) { documentCounts = (0, 0, 1) }
        isHeaderSeen = true
        try note()
    }

    private mutating func record(_ kind: RecordsFile.Kind, _ line: Line, _ reason: RejectReason?) throws {
        try close()
        store.startRecord(recordSlots)
        keep(kind, line)
        var reason = reason
        if reason == nil, hasHeaders, !isHeaderSeen {
            reason = RejectReason(
                "RECORD-ORPHAN", "the record stands in front of any header", fix: "ask the sender for the whole file")
        }
        open = (origin, rows.original(), reason)
        documentCounts.records += 1
    }

    private mutating func row(_ kind: RecordsFile.Kind, _ line: Line, _ reason: RejectReason?) throws {
        documentCounts.rows += 1
        guard open != nil else {
            return try orphan(
                RejectReason("RECORD-ORPHAN", "the row has no record above it", fix: "ask the sender for the whole file"))
        }
        guard store.rowCount < Self.maximumRows, (open?.bytes.count ?? 0) < Self.maximumBytes else {
            throw structural(
                "a record has more than \(Self.maximumRows) rows or \(Self.maximumBytes >> 20) MB",
                "if this is right, ask for it to be split; nothing of the file is applied")
        }
        for slot in rowSlots { store.empty(slot) }
        keep(kind, line)
        store.closeRow()
        open?.origin.length += rows.length
        open?.bytes += rows.original()
        if open?.reason == nil { open?.reason = reason }
    }

    private mutating func trailer(_ kind: RecordsFile.Kind, _ line: Line, _ reason: RejectReason?) throws {
        try close()
        passed.trailer += rows.length
        if let reason { throw structural("the trailer cannot be read: \(reason.text)", reason.fix) }
        empty(kind)
        keep(kind, line)
        let actual = documentCounts
        documentCounts = (0, 0, 0)
        let origin = origin
        var claimed: Int?
        try store.withRecord(inRow: rowFlags, origin: origin, fault: nil, original: .init(start: nil, count: 0)) { record in
            claimed = try statements.claim(in: record)
        }
        guard let claimed else { return }
        let counted =
            switch kind.counted {
            case .records: actual.records
            case .rows: actual.rows
            case .lines: actual.lines
            }
        statements.add(claim: kind.counted == .records ? claimed : actual.records)
        if kind.counted != .records, claimed != counted {
            throw Diagnostic(
                "FILE-COUNT", "the trailer claims \(claimed) \(kind.counted.rawValue), the file holds \(counted)",
                at: .init(file: rows.file, line: rows.line),
                fix: "ask the sender for the complete file; nothing of this one is applied")
        }
    }

    private mutating func unknown(_ tag: [UInt8]) throws {
        let text = "a line has the tag '\(Escaped(tag, limit: 40))', which the profile does not know"
        switch file.unknown {
        case .ignore: passed.comment += rows.length
        case .refuse:
            throw structural(text, "declare it in records.json, or set \"unknown\" to reject or ignore")
        case .reject:
            try close()
            try orphan(RejectReason("RECORD-TYPE", text, fix: "declare it in records.json, or ask the sender what it means"))
        }
    }

    /// The current line alone as a rejected record without values.
    private mutating func orphan(_ reason: RejectReason) throws {
        store.startRecord(recordSlots)
        open = (origin, rows.original(), reason)
        try close()
    }

    // MARK: Records

    private mutating func close() throws {
        guard var record = open else { return }
        open = nil
        recordCount += 1
        record.origin.number = recordCount
        let isFirst = recordCount == 1
        try record.bytes.withUnsafeBufferPointer { bytes in
            try store.withRecord(inRow: rowFlags, origin: record.origin, fault: record.reason, original: bytes) { collected in
                if isFirst { try statements.note(collected) }
                try sink.take(collected)
            }
        }
        store.endRecord(recordSlots)
    }

    private mutating func finish() throws {
        try close()
        isFinished = true
        try note()
    }

    private mutating func note() throws {
        try store.withRecord(inRow: rowFlags, origin: origin, fault: nil, original: .init(start: nil, count: 0)) { record in
            try statements.note(record)
        }
    }

    private var origin: RecordOrigin {
        RecordOrigin(number: recordCount, line: rows.line, offset: rows.offset, length: rows.length)
    }

    private func structural(_ text: String, _ fix: String) -> Diagnostic {
        Diagnostic("RECORD-TYPE", text, at: .init(file: rows.file, line: rows.line), fix: fix)
    }

    // MARK: Columns

    private func takenApart() -> Line {
        guard isFixed else { return Line(cells: rows.cells(), content: [], characters: []) }
        let raw = Array(UnsafeBufferPointer(start: UnsafePointer(rows.window.current), count: rows.row.contentLength))
        let content = rows.decoded(raw)
        let isPlain = content.allSatisfy { $0 < 0x80 }
        return Line(
            cells: [], content: content, characters: isPlain ? [] : content.indices.filter { content[$0] & 0xC0 != 0x80 })
    }

    /// `nil` where the line ends before the place does begin.
    private func text(_ place: RecordsFile.Place, _ line: Line) -> [UInt8]? {
        guard isFixed else { return place.start < line.cells.count ? line.cells[place.start] : nil }
        let count = line.characters.isEmpty ? line.content.count : line.characters.count
        guard place.start < count else { return nil }
        let end = min(count, place.start + place.length)
        func offset(_ character: Int) -> Int {
            character == count ? line.content.count : line.characters.isEmpty ? character : line.characters[character]
        }
        var cell = line.content[offset(place.start)..<offset(end)]
        while cell.last == file.padding { cell.removeLast() }
        if file.padding == 0x20 { cell = cell.drop { $0 == 0x20 } }
        return Array(cell)
    }

    private mutating func keep(_ kind: RecordsFile.Kind, _ line: Line) {
        for place in kind.places {
            guard let slot = slotOf[place.column], let text = text(place, line) else { continue }
            let start = store.count
            text.withUnsafeBufferPointer { store.append($0) }
            store.store(from: start, to: store.count, slot: slot, gate: false)
        }
    }

    private mutating func empty(_ kind: RecordsFile.Kind) {
        for place in kind.places { if let slot = slotOf[place.column] { store.empty(slot) } }
    }

    private func raggedReason(_ kind: RecordsFile.Kind, _ line: Line) -> RejectReason? {
        guard isFixed else {
            let extra = line.cells.dropFirst(kind.width)
            if line.cells.count < kind.width, shortRows == .reject { return ragged(line.cells.count, kind.width, "cells") }
            return extra.allSatisfy(\.isEmpty) ? nil : ragged(line.cells.count, kind.width, "cells")
        }
        let count = line.characters.isEmpty ? line.content.count : line.characters.count
        if count < kind.width, shortRows == .reject { return ragged(count, kind.width, "characters") }
        let behind = text(.init(column: "", start: kind.width, length: max(0, count - kind.width)), line) ?? []
        return behind.isEmpty ? nil : ragged(count, kind.width, "characters")
    }

    private func ragged(_ found: Int, _ expected: Int, _ what: String) -> RejectReason {
        RejectReason(
            "ROW-RAGGED", "the line has \(found) \(what), \(expected) are expected",
            fix: found < expected ? "complete the line; if blanks at its end were cut, set layout.short_rows to allow" : "correct the line")
    }
}
