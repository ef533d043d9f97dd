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
        check = RowCheck(
            profile: profile, width: plan.width, ownWidth: plan.ownWidth, isRejectFile: plan.isRejectFile)
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

    private mutating func append(to batch: inout RecordBatch) throws {
        guard let plan else { return }
        proof.records += 1
        let base = UnsafePointer(rows.window.current)
        let survey = ByteSurvey(base, count: rows.row.contentLength)
        var reason: RejectReason?
        // Asked for every cell; comparing a reason with nothing costs as much as reading a short number.
        var isGood = true
        if survey.hasHigh || survey.hasNull || rows.row.strayQuote >= 0 || rows.row.fieldCount != plan.width {
            reason = check?.reason(rows, survey)
            if case .some = reason { isGood = false }
        }
        let isRowSound = isGood
        let first = batch.cells.count
        for index in 0..<plan.ready.count {
            let column = plan.ready[index]
            guard isRowSound || column.kind == .text || column.kind == .constant else {
                batch.cells.append(.absent)
                continue
            }
            if column.kind == .constant {
                batch.cells.append(CellTyping.constant(plan.columns[index], &batch))
                continue
            }
            switch cell(column, base: base, hasHigh: survey.hasHigh, batch: &batch) {
            case .success(let cell): batch.cells.append(cell)
            case .failure(let failure):
                batch.cells.append(.absent)
                guard isGood else { continue }
                isGood = false
                reason = self.reason(failure.fault, plan.columns[index], base)
            }
        }
        for column in plan.checked where isGood {
            if case .failure(let failure) = cell(ReadyColumn(column), base: base, hasHigh: survey.hasHigh, batch: &batch) {
                isGood = false
                reason = self.reason(failure.fault, column, base)
            }
        }
        if isGood, let column = plan.eventTime {
            reason = noteEventTime(column, base: base, hasHigh: survey.hasHigh, batch: &batch)
        }
        var entry = RecordBatch.Entry(
            origin: RecordOrigin(number: proof.records, line: rows.line, offset: rows.offset, length: rows.length),
            firstCell: first,
            rowCount: plan.rowCount
        )
        if let reason {
            entry.rejection = batch.rejections.count
            batch.rejections.append(.init(reason: reason, original: rows.original()))
        }
        batch.entries.append(entry)
    }

    private mutating func reason(_ fault: CellFault, _ column: ColumnPlan, _ base: UnsafePointer<UInt8>)
        -> RejectReason?
    {
        guard let rules = column.rules else { return nil }
        decode(rows.fields.spans[column.position], base)
        return fault.reason(rules: rules, value: scratch)
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

    /// Takes a good record's own time into account; answers why it cannot be read.
    private mutating func noteEventTime(
        _ column: ColumnPlan,
        base: UnsafePointer<UInt8>,
        hasHigh: Bool,
        batch: inout RecordBatch
    ) -> RejectReason? {
        switch cell(ReadyColumn(column), base: base, hasHigh: hasHigh, batch: &batch) {
        case .success(.instant(let instant)): proof.eventTime = max(proof.eventTime ?? instant, instant)
        case .success: break
        case .failure(let failure): return reason(failure.fault, column, base)
        }
        return nil
    }
}
