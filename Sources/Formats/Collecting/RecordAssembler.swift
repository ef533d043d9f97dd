import Domain

/// Makes typed entries of collected records: the common end of XML, tagged and fixed-width files.
final class RecordAssembler: RecordTaker {
    private let plan: RecordPlan
    private let restore: (UnsafeBufferPointer<UInt8>) -> [UInt8]
    private let file: String
    /// Per column of the schema: a field or the event time needs it, under this caption.
    private let needed: [Int: String]
    private var seen: [Bool]
    /// Records whose structure is right.
    private var soundRecords = 0
    private let columnCount: Int
    /// Behind a pointer, because it is touched for every cell.
    private let place: UnsafeMutablePointer<RecordBatch>
    var batch: RecordBatch {
        @inline(__always) get { place.pointee }
        @inline(__always) _modify { yield &place.pointee }
    }
    private(set) var eventTime: UTCInstant?

    /// `captions` are what the columns are called in messages; `restore` turns a record's bytes into those delivered.
    init(
        profile: Profile, fields: [EntityField], captions: [String], zone: ZoneRules, file: String,
        restore: @escaping (UnsafeBufferPointer<UInt8>) -> [UInt8]
    ) throws {
        plan = try RecordPlan(profile: profile, fields: fields, captions: captions, zone: zone, place: .init(file: file))
        self.restore = restore
        self.file = file
        columnCount = profile.schema.columns.count
        seen = Array(repeating: false, count: columnCount)
        var needed: [Int: String] = [:]
        for column in plan.columns + (plan.eventTime.map { [$0] } ?? []) {
            if let rules = column.rules, !rules.isOptional { needed[column.position] = rules.caption }
        }
        self.needed = needed
        place = .allocate(capacity: 1)
        place.initialize(to: RecordBatch(fieldCount: 0))
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
            for index in 0..<plan.ready.count {
                let column = plan.ready[index]
                switch cell(column, index, record, row: row) {
                case .success(let cell): batch.cells.append(cell)
                case .failure(let failure):
                    batch.cells.append(.absent)
                    if reason == nil { reason = self.reason(failure.fault, plan.columns[index], record, row: row) }
                }
            }
        }
        if record.fault == nil {
            soundRecords += 1
            for column in 0..<columnCount where !seen[column] {
                seen[column] = (0..<rowCount).contains { record.slot(column, row: $0).count > 0 }
            }
        }
        if reason == nil, let column = plan.eventTime {
            switch cell(ReadyColumn(column), -1, record, row: 0) {
            case .success(.instant(let instant)): eventTime = max(eventTime ?? instant, instant)
            case .success: break
            case .failure(let failure): reason = self.reason(failure.fault, column, record, row: 0)
            }
        }
        var entry = RecordBatch.Entry(origin: record.origin, firstCell: first, rowCount: rowCount)
        if let reason {
            entry.rejection = batch.rejections.count
            batch.rejections.append(.init(reason: reason, original: restore(record.original)))
        }
        batch.entries.append(entry)
    }

    func condemn(_ originals: [UnsafeBufferPointer<UInt8>], because reason: RejectReason) {
        for (index, original) in zip(batch.entries.indices.suffix(originals.count), originals)
        where batch.entries[index].rejection < 0 {
            batch.entries[index].rejection = batch.rejections.count
            batch.rejections.append(.init(reason: reason, original: restore(original)))
        }
    }

    /// The event time where it stands above or below all records; for a file without any record too.
    func noteEventTime(_ record: CollectedRecord) {
        guard let column = plan.eventTime, case .success(.instant(let instant)) = cell(ReadyColumn(column), -1, record, row: 0)
        else { return }
        eventTime = max(eventTime ?? instant, instant)
    }

    /// Throws `HEADER-COLUMN-MISSING` where a column stood in none of the file's records: it was renamed, or this is
    /// another feed. For formats that name their columns.
    func checkColumns() throws {
        guard soundRecords > 0, let missing = needed.sorted(by: { $0.key < $1.key }).first(where: { !seen[$0.key] }) else { return }
        throw Diagnostic(
            "HEADER-COLUMN-MISSING", "not one of the file's \(soundRecords) records has '\(missing.value)'", at: .init(file: file),
            hint: "check that the right file lands in this folder; if it may be missing, say \"optional\": true in the profile")
    }

    @inline(__always)
    private func cell(_ column: ReadyColumn, _ index: Int, _ record: CollectedRecord, row: Int)
        -> Result<RecordBatch.Cell, CellTyping.Failure>
    {
        if column.kind == .constant { return .success(CellTyping.constant(plan.columns[index], &batch)) }
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
