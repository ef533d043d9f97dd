import Domain

/// Makes typed entries of collected records: the common end of XML, tagged and fixed-width files.
final class RecordAssembler: RecordSink {
    private let plan: RecordPlan
    private let restore: (UnsafeBufferPointer<UInt8>) -> [UInt8]
    private let file: String
    /// Per column of the schema that a field or the event time needs and no record had yet: its caption.
    private var missing: [Int: String] = [:]
    /// Records whose structure is right.
    private var soundRecords = 0
    /// Behind a pointer, because it is touched for every cell.
    private let place: UnsafeMutablePointer<RecordBatch>
    var batch: RecordBatch {
        @inline(__always) get { place.pointee }
        @inline(__always) _modify { yield &place.pointee }
    }
    private(set) var eventTime: UTCInstant?
    /// The text whose event time was taken last: one that stands above the records is every record's.
    private var knownEventTime: [UInt8]?

    /// `captions` are what the columns are called in messages; `restore` turns a record's bytes into those delivered.
    init(
        profile: Profile, fields: [EntityField], captions: [String], zone: ZoneRules, file: String,
        restore: @escaping (UnsafeBufferPointer<UInt8>) -> [UInt8]
    ) throws {
        plan = try RecordPlan(profile: profile, fields: fields, captions: captions, zone: zone, place: .init(file: file))
        self.restore = restore
        self.file = file
        place = .allocate(capacity: 1)
        place.initialize(to: RecordBatch(fieldCount: 0))
        for column in plan.columns + (plan.eventTime.map { [$0] } ?? []) {
            if let rules = column.rules, !rules.isOptional { missing[column.position] = rules.caption }
        }
    }

    deinit {
        place.deinitialize(count: 1)
        place.deallocate()
    }

    func take(_ record: CollectedRecord) {
        var reason = record.fault
        let rowCount = max(1, record.rowCount)
        let first = batch.cells.count
        for row in 0..<rowCount {
            let start = batch.cells.count
            batch.cells.append(contentsOf: repeatElement(.absent, count: plan.loop.cellCount))
            for column in plan.loop.columns {
                switch cell(column, record, row: row) {
                case .success(let cell): batch.cells[start + column.index] = cell
                case .failure(let failure):
                    if reason == nil { reason = self.reason(failure.fault, plan.columns[column.index], record, row: row) }
                }
            }
        }
        if record.fault == nil {
            soundRecords += 1
            for column in missing.keys where (0..<rowCount).contains(where: { record.slot(column, row: $0).count > 0 }) {
                missing[column] = nil
            }
        }
        if reason == nil, let column = plan.loop.eventTime { reason = takeEventTime(column, record) }
        var entry = RecordBatch.Entry(origin: record.origin, firstCell: first, rowCount: rowCount)
        if let reason {
            entry.rejection = batch.rejections.count
            batch.rejections.append(.init(reason: reason, original: restore(record.original)))
        }
        batch.entries.append(entry)
    }

    /// Why the record's event time cannot be read, if it cannot.
    private func takeEventTime(_ column: ReadyColumn, _ record: CollectedRecord) -> RejectReason? {
        let text = record.slot(column.position, row: 0).count == 1 ? record.value(column.position, row: 0) : nil
        if let text, isKnownEventTime(text) { return nil }
        switch cell(column, record, row: 0) {
        case .success(.instant(let instant)):
            eventTime = max(eventTime ?? instant, instant)
            knownEventTime = text.map { Array($0) }
            return nil
        case .success: return nil
        case .failure(let failure): return plan.eventTime.flatMap { reason(failure.fault, $0, record, row: 0) }
        }
    }

    private func isKnownEventTime(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        knownEventTime?.withUnsafeBytes { $0.holdsSame(as: UnsafeRawBufferPointer(text)) } ?? false
    }

    func rejectAll(_ originals: [UnsafeBufferPointer<UInt8>], because reason: RejectReason) {
        for (index, original) in zip(batch.entries.indices.suffix(originals.count), originals)
        where batch.entries[index].rejection < 0 {
            batch.entries[index].rejection = batch.rejections.count
            batch.rejections.append(.init(reason: reason, original: restore(original)))
        }
    }

    /// The event time where it stands above or below all records; for a file without any record too.
    func noteEventTime(_ record: CollectedRecord) {
        if let column = plan.loop.eventTime { _ = takeEventTime(column, record) }
    }

    /// Throws `HEADER-COLUMN-MISSING` where a column stood in none of the file's records: it was renamed, or this is
    /// another feed. For formats that name their columns.
    func checkColumns() throws {
        guard soundRecords > 0, let missing = missing.min(by: { $0.key < $1.key }) else { return }
        throw Diagnostic(
            "HEADER-COLUMN-MISSING", "not one of the file's \(soundRecords) records has '\(missing.value)'", at: .init(file: file),
            fix: "check that the right file lands in this folder; if it may be missing, say \"optional\": true in the profile")
    }

    @inline(__always)
    private func cell(_ column: ReadyColumn, _ record: CollectedRecord, row: Int)
        -> Result<RecordBatch.Cell, CellTyping.Failure>
    {
        if column.kind == .constant { return .success(CellTyping.constant(plan.columns[column.index], &batch)) }
        guard let rules = column.rules else { return .success(.absent) }
        return rules._withUnsafeGuaranteedRef { rules in
            guard let content = record.value(column.position, row: row) else {
                return rules.isOptional ? .success(.absent) : CellTyping.blank(rules)
            }
            if record.slot(column.position, row: row).count > 1 {
                return .failure(CellTyping.Failure(fault: .repeated))
            }
            return CellTyping.typed(content, column.kind, rules, &batch)
        }
    }

    private func reason(_ fault: CellFault, _ column: ColumnPlan, _ record: CollectedRecord, row: Int) -> RejectReason? {
        guard let rules = column.rules else { return nil }
        guard let value = record.value(column.position, row: row) else { return fault.reason(rules: rules, value: []) }
        return fault.reason(rules: rules, value: value)
    }
}
