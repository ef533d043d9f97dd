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
    private var rows: RowReader
    private var plan: RecordPlan?
    private var loop: RecordPlan.Loop?
    private var check: RowCheck?
    private var scratch: [UInt8] = []
    private(set) var proof = FileProof()
    private var isFinished = false

    /// Throws `FILE-EMPTY`, `FORMAT-NOT-TEXT`, `ENCODING-CONTRADICTED`, `ZONE-UNKNOWN`.
    init(profile: Profile, source: any ByteSource, fields: [EntityField], context: ReadContext) throws {
        self.profile = profile
        entityFields = fields
        needsDecoding = profile.encoding.page != nil
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

    private mutating func startRecords() throws {
        let plan = try RecordPlan(
            profile: profile, fields: entityFields, captions: rows.captions, zone: zone, place: rows.headerPlace)
        self.plan = plan
        loop = plan.loop
        check = RowCheck(
            profile: profile, width: plan.loop.width, ownWidth: plan.ownWidth, isRejectFile: plan.isRejectFile)
        proof.header = rows.captions
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
            !survey.hasHigh && !survey.hasNull && rows.row.strayQuote < 0 && rows.row.fieldCount == loop.width && !rows.isDoubtful
        let rowFault = isPlain ? nil : check?.fault(&rows, survey)
        let badCell = readCells(loop, base, hasHigh: survey.hasHigh, isRowSound: rowFault == nil, into: &batch)
        if let rowFault, let check {
            entry.rejection = reject(check.reason(rowFault, rows), &batch)
        } else if let badCell {
            entry.rejection = reject(reason(badCell, base), &batch)
        }
        batch.entries.append(entry)
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
