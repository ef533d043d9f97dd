import Domain

/// A delimited file as typed records: rows from `RowReader`, cells by `RecordPlan`.
struct RecordReader: RecordSource {
    /// Records in one batch; fewer where they are long.
    private static let batchRecords = 1000
    private static let batchBytes = 1 << 20

    private let profile: Profile
    private let entityFields: [EntityField]
    private let zone: ZoneRules
    private let needsDecoding: Bool
    private let headerTellsCount: Bool
    private var rows: RowReader
    private var plan: RecordPlan?
    private var loop: RecordPlan.Loop?
    private var check: RowCheck?
    /// The count of cells with which a record needs no second look.
    private var plainCount = -1
    private var scratch: [UInt8] = []
    private var watch: HeaderWatch?
    /// Where another table began, and how many bytes of headers there were by then.
    private var otherTable: (line: Int, headerBytes: Int)?
    private(set) var proof = FileProof()
    private var isFinished = false

    /// Throws `FILE-EMPTY`, `FORMAT-NOT-TEXT`, `ENCODING-CONTRADICTED`, `ZONE-UNKNOWN`.
    init(profile: Profile, source: any ByteSource, fields: [EntityField], context: ReadContext) throws {
        self.profile = profile
        entityFields = fields
        needsDecoding = profile.encoding.page != nil
        headerTellsCount = context.headerTellsCount
        zone = try ZoneRules(profile.zoneName ?? context.timeZone)
        rows = try RowReader(profile: profile, source: source, context: context)
    }

    mutating func next(into batch: inout RecordBatch) throws -> Bool {
        batch.removeAll()
        if isFinished { return false }
        while batch.entries.count < Self.batchRecords, batch.bytes.count + batch.cells.count * 8 < Self.batchBytes,
            try rows.next()
        {
            if plan == nil { try startRecords() }
            try append(to: &batch)
        }
        if batch.entries.isEmpty {
            if plan == nil { try startRecords() }
            try finish()
        }
        return !batch.entries.isEmpty
    }

    /// Where the cells of the first header row end, in bytes of the file.
    var headerEnd: Int { rows.headerEnd }
    /// Empty cells that every record has behind those of the header.
    var surplusCount: Int { max(0, (check?.shape.expected ?? 0) - rows.captions.count) }

    private mutating func startRecords() throws {
        let plan = try RecordPlan(
            profile: profile, fields: entityFields, captions: rows.captions, zone: zone, place: rows.headerPlace)
        self.plan = plan
        loop = plan.loop
        let check = try RowCheck(profile: profile, rows: &rows, plan: plan, headerTellsCount: headerTellsCount)
        // Where there is an escape sign, each row is looked at for one that stands outside quotes.
        plainCount = profile.dialect.escape == nil ? check.shape.plainCount : -1
        self.check = check
        proof.header = rows.captions
        proof.isRejectFile =
            rows.captions.count > RejectWriter.columns.count && rows.captions.suffix(RejectWriter.columns.count) == RejectWriter.columns[...]
        if profile.layout.headerRows > 0 {
            watch = HeaderWatch(profile: profile, captions: rows.captions, headerRows: rows.headerCells, plan: plan)
        }
        try HeaderCells(profile: profile, zone: zone).fill(&proof, from: rows)
    }

    private mutating func finish() throws {
        isFinished = true
        proof.lines = rows.account
        proof.claimedRecords = rows.claimedRecords
        proof.endsWithLineEnd = rows.endsWithLineEnd
        if let found = check?.contradiction {
            throw FileOpening.contradicted(declared: profile.encoding, found: found, file: rows.file)
        }
    }

    // MARK: One record

    /// A cell that could not be taken.
    private struct BadCell {
        var fault: CellFault
        var position: Int
        var rules: Unmanaged<ColumnRules>

        /// `nil` for a column without rules, which takes anything.
        init?(_ failure: CellTyping.Failure, _ column: ReadyColumn) {
            guard let rules = column.rules else { return nil }
            (fault, position, self.rules) = (failure.fault, column.position, rules)
        }
    }

    private mutating func append(to batch: inout RecordBatch) throws {
        guard let loop else { return }
        proof.records += 1
        let base = UnsafePointer(rows.window.current)
        let survey = ByteSurvey(base, count: rows.row.contentLength)
        var entry = RecordBatch.Entry(
            origin: RecordOrigin(number: proof.records, line: rows.line, offset: rows.offset, length: rows.length),
            firstCell: batch.cells.count, rowCount: loop.rowCount, rejection: -1
        )
        // Faults are small; the words are made where there is one, and nowhere else: moving a reason that is none costs
        // as much as reading two numbers.
        let isPlain =
            !survey.hasHigh && !survey.hasNull && rows.row.strayQuote < 0 && rows.row.fieldCount == plainCount && !rows.isDoubtful
        var rowFault = isPlain ? nil : try check?.fault(&rows, survey)
        if let table = otherTable {
            if rows.account.header == table.headerBytes { rowFault = .otherTable(line: table.line) } else { otherTable = nil }
        }
        let mark = (cells: batch.cells.count, bytes: batch.bytes.count)
        let badCell = readCells(loop, base, hasHigh: survey.hasHigh, isRowSound: rowFault == nil, into: &batch)
        if let watch, rowFault != nil || badCell != nil || watch.asksAboutEach, try isHeader(watch, &rowFault) {
            batch.cells.removeLast(batch.cells.count - mark.cells)
            batch.bytes.removeLast(batch.bytes.count - mark.bytes)
            proof.records -= 1
            return
        }
        if case .otherTable? = rowFault {
            // Its cells are those of other columns: none of them is a key.
            for index in mark.cells..<batch.cells.count { batch.cells[index] = .absent }
        }
        if let rowFault, let check {
            entry.rejection = reject(check.reason(rowFault, rows), &batch)
        } else if let badCell {
            entry.rejection = reject(reason(badCell, base), &batch)
        }
        batch.entries.append(entry)
    }

    /// Whether the current row is the header once more. Throws `HEADER-CHANGED` for another header; another table's start is a fault.
    private mutating func isHeader(_ watch: HeaderWatch, _ fault: inout RowFault?) throws -> Bool {
        switch fault {
        case .null?, .encoding?, .joinedLines?: return false
        default: break
        }
        switch watch.finding(rows.cells(), isBehindGap: rows.isBehindGap) {
        case nil: return false
        case .same?:
            guard profile.layout.repeatedHeader != .record else { return false }
            try rows.takeAsHeader()
            otherTable = nil
            return true
        case .other?:
            throw Diagnostic(
                "HEADER-CHANGED", "a header with other columns, or in another order, stands in the middle of the file",
                at: .init(file: rows.file, line: rows.line),
                fix: "ask the sender for one file per table; nothing of this one is applied, because the rows below belong to other columns")
        case .table?:
            if otherTable == nil { otherTable = (rows.line, rows.account.header) }
            fault = .otherTable(line: otherTable?.line ?? rows.line)
            return false
        }
    }

    /// Appends the record's cells, those that cannot be read as absent, and answers the first of these. Of a record that is not sound
    /// as a whole only texts are read: its key, which tells what else it spoils.
    @inline(__always)
    private mutating func readCells(
        _ loop: RecordPlan.Loop, _ base: UnsafePointer<UInt8>, hasHigh: Bool, isRowSound: Bool, into batch: inout RecordBatch
    ) -> BadCell? {
        var bad: BadCell?
        let first = batch.cells.count
        batch.cells.append(contentsOf: repeatElement(.absent, count: loop.cellCount))
        for column in loop.columns where isRowSound || column.kind == .text || column.kind == .constant {
            if column.kind == .constant {
                batch.cells[first + column.index] = constant(column, &batch)
                continue
            }
            switch cell(column, base: base, hasHigh: hasHigh, batch: &batch) {
            case .success(let cell): batch.cells[first + column.index] = cell
            case .failure(let failure): if bad == nil { bad = BadCell(failure, column) }
            }
        }
        guard isRowSound else { return nil }
        for column in loop.checked where bad == nil {
            guard case .failure(let failure) = cell(column, base: base, hasHigh: hasHigh, batch: &batch) else { continue }
            bad = BadCell(failure, column)
        }
        if bad == nil, let column = loop.eventTime { bad = noteEventTime(column, base: base, hasHigh: hasHigh, batch: &batch) }
        return bad
    }

    private mutating func reason(_ bad: BadCell, _ base: UnsafePointer<UInt8>) -> RejectReason {
        decode(rows.fields.spans[bad.position], base)
        return bad.fault.reason(rules: bad.rules.takeUnretainedValue(), value: scratch)
    }

    /// Keeps the current record's bytes and the reason, and answers where.
    private func reject(_ reason: RejectReason, _ batch: inout RecordBatch) -> Int {
        batch.rejections.append(.init(reason: reason, original: rows.original()))
        return batch.rejections.count - 1
    }

    private func constant(_ column: ReadyColumn, _ batch: inout RecordBatch) -> RecordBatch.Cell {
        plan.map { CellTyping.constant($0.columns[column.index], &batch) } ?? .absent
    }

    @inline(__always)
    private mutating func cell(
        _ column: ReadyColumn,
        base: UnsafePointer<UInt8>,
        hasHigh: Bool,
        batch: inout RecordBatch
    ) -> Result<RecordBatch.Cell, CellTyping.Failure> {
        guard let rules = column.rules, column.position < rows.row.fieldCount else { return .success(.absent) }
        let span = rows.fields.spans[column.position]
        let start = base + Int(span.start)
        if span.hasEscapes || (hasHigh && needsDecoding && ByteSurvey(start, count: span.count).hasHigh) {
            decode(span, base)
            return scratch.withUnsafeBufferPointer { content in
                rules._withUnsafeGuaranteedRef { CellTyping.typed(content, column.kind, $0, &batch) }
            }
        }
        let content = UnsafeBufferPointer(start: start, count: span.count)
        return rules._withUnsafeGuaranteedRef { CellTyping.typed(content, column.kind, $0, &batch) }
    }

    private mutating func decode(_ span: FieldSpan, _ base: UnsafePointer<UInt8>) {
        scratch.removeAll(keepingCapacity: true)
        rows.text.append(span, of: base, to: &scratch)
        if needsDecoding { scratch = rows.decoded(scratch) }
    }

    /// Takes a good record's own time into account.
    private mutating func noteEventTime(
        _ column: ReadyColumn,
        base: UnsafePointer<UInt8>,
        hasHigh: Bool,
        batch: inout RecordBatch
    ) -> BadCell? {
        switch cell(column, base: base, hasHigh: hasHigh, batch: &batch) {
        case .success(.instant(let instant)): proof.eventTime = max(proof.eventTime ?? instant, instant)
        case .success: break
        case .failure(let failure): return BadCell(failure, column)
        }
        return nil
    }
}
