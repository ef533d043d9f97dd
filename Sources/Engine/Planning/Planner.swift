import Domain
import StateStore

/// Turns a delivery's records into a sealed plan: read and spread by key, then decide part by part against the mirror.
///
/// Nothing leaves the house here but the question which new keys the shop knows. A crash loses nothing: the plan is drafted
/// again from the spooled file.
struct Planner: ~Copyable {
    let ledger: Ledger
    let flow: String
    let entity: FlowEntity
    var mode = FileMode.delta
    private var version = UTCInstant(milliseconds: 0)
    private let originals: DeliveryBytes?
    var interpreter: any RowInterpreter
    private var spill: RowSpill
    var draft: PlanDraft
    var summary = PlanSummary()
    var unchanged = 0
    /// Whether the mirror is to know that this file told a key, also where its value is as it was: of changes, a file that comes late must
    /// not put back what a newer one has confirmed.
    var keepsTimes = false
    /// What plays a part besides the file, and in which parts of the mirror it is found.
    private var inputs = ExternalInputs()
    var affected: Set<Int> = []
    var unconfirmed = UnconfirmedKeys()
    var drift: PlannedDrift
    /// `nil` until the shop was asked, or where it cannot say.
    var changedKeys: ChangedKeys?
    /// Room for the one change that is being made.
    var single = ChangeDrafts()
    /// So many are asked about together: few calls for a small file, little memory for a large one. The events of a file
    /// are judged together, however many they are.
    private let inquirySize: Int

    /// - Parameter file: `nil` where no file is planned but what is remembered of one.
    init(
        ledger: Ledger, lease: LeaseKeeper, flow: String, run: Int64, entity: FlowEntity, file: String?, workFolder: String, asOf instant: UTCInstant
    ) throws {
        let originals: DeliveryBytes? = if let file { try DeliveryBytes(path: file) } else { nil }
        let spill = try RowSpill(folder: workFolder)
        let drift = try PlannedDrift(ledger, entity: entity.definition.name)
        try ledger.write(as: lease) { try $0.set(tally: Tally(), run: run, entity: entity.definition.name) }
        self.ledger = ledger
        self.flow = flow
        self.entity = entity
        self.originals = originals
        self.spill = spill
        switch entity.definition.feed {
        case .snapshot: inquirySize = 2000
        case .events: inquirySize = .max
        }
        interpreter = entity.definition.makeInterpreter(asOf: instant)
        self.drift = drift
        draft = PlanDraft(ledger: ledger, lease: lease, run: run, entity: entity.definition.name)
    }

    /// Reads `source` to its end. Throws a `Diagnostic` where the file as a whole cannot be trusted.
    mutating func read(_ source: inout any RecordSource, progress: (_ records: Int) -> Void) throws {
        var batch = RecordBatch(fieldCount: entity.definition.fields.count)
        var rows = KeyedRows()
        while try source.next(into: &batch) {
            try Task.checkCancellation()
            rows.removeAll()
            interpreter.interpret(batch, into: &rows)
            for entry in batch.entries where entry.rejection >= 0 {
                let rejection = batch.rejections[entry.rejection]
                try reject(entry.origin, rejection.reason, key: key(of: entry, in: rows), original: rejection.original)
            }
            for refused in rows.rejected {
                let origin = batch.entries[refused.entry].origin
                try reject(origin, refused.reason, key: refused.key, original: try original(origin))
            }
            try spill.append(rows)
            summary.records += batch.entries.count
            progress(summary.records)
            batch.removeAll()
        }
    }

    func original(_ origin: RecordOrigin) throws -> [UInt8] {
        switch originals {
        case .none: []
        case .some(let bytes): try bytes.bytes(of: origin)
        }
    }

    private func key(of entry: RecordBatch.Entry, in rows: KeyedRows) -> RecordKey? {
        rows.rows.first { $0.isIncomplete && $0.origin.number == entry.origin.number }.map { RecordKey(rows.bytes[$0.key]) }
    }

    mutating func reject(_ origin: RecordOrigin, _ reason: RejectReason, key: RecordKey?, original: [UInt8]) throws {
        summary.rejected += 1
        try draft.add(RecordVerdict(outcome: .rejected, origin: origin, key: key, reason: reason, original: original))
    }

    /// What the records say of how far their figures go.
    var claims: [String] { interpreter.claims }

    /// Asked after the last record and before the first decision.
    mutating func use(_ inputs: ExternalInputs) {
        self.inputs = inputs
        affected = Set(inputs.values.keys.map { KeyHash.part(of: KeyHash.of($0.bytes[...]), parts: RowSpill.parts) })
        interpreter.use(inputs)
    }

    /// Decides every key, part by part. For a full file the keys that it leaves out are decided too.
    mutating func decide(mode: FileMode, version: UTCInstant) async throws {
        self.mode = mode
        self.version = version
        try draft.open(mode: mode, version: version)
        var rows = SpilledRows()
        var mirror = MirrorRows()
        for part in 0..<RowSpill.parts {
            try Task.checkCancellation()
            try spill.load(part, into: &rows)
            if mode == .delta, rows.rows.isEmpty, !affected.contains(part) { continue }
            let name = entity.definition.name
            try ledger.read {
                try $0.mirror(entity: name, keyHashes: KeyHash.range(part: part, of: RowSpill.parts), into: &mirror)
            }
            var place = Place()
            while try decide(rows, mirror, from: &place) { try await admitNewcomers() }
        }
        try await admitNewcomers()
    }

    /// Writes what is drafted so far, so that the plan can be read as a whole.
    mutating func flush() throws { try draft.flush() }

    /// Seals the plan. `finally` runs in the same transaction.
    mutating func seal(findings: [GateFinding], finally: (LedgerWriter) throws -> Void) throws {
        summary.feeds = interpreter.feeds
        summary.nextDay = interpreter.nextDay
        summary.drifted = drift.count
        summary.keepRows(of: findings)
        let (changed, book) = (changedKeys, KeyBook(flow: flow, entity: entity.definition.name))
        try draft.seal(records: summary.records, unchanged: unchanged, summary: summary, findings: findings) { writer in
            try book.note(changed, writer)
            try finally(writer)
        }
    }

    // MARK: One part

    /// How far the walk over a part has come.
    private struct Place {
        var row = 0
        var held = 0
    }

    /// Walks the file's rows and the mirror's side by side, one key hash after the other. Stops early, with `true`, where the shop has first to be
    /// asked about the keys found so far that were never sent before.
    private mutating func decide(_ rows: SpilledRows, _ mirror: MirrorRows, from place: inout Place) throws -> Bool {
        var row = place.row
        var held = place.held
        defer { place = Place(row: row, held: held) }
        while row < rows.rows.count || held < mirror.rows.count {
            if unconfirmed.count >= inquirySize { return true }
            let keyHash = min(
                row < rows.rows.count ? rows.keyHashes[row] : .max, held < mirror.rows.count ? mirror.rows[held].keyHash : .max
            )
            let firstRow = row
            while row < rows.rows.count, rows.keyHashes[row] == keyHash { row += 1 }
            let firstHeld = held
            while held < mirror.rows.count, mirror.rows[held].keyHash == keyHash { held += 1 }
            if row == firstRow + 1, held == firstHeld + 1, try decideSingle(firstRow, of: rows, firstHeld, of: mirror) { continue }
            let entries = mirror.rows[firstHeld..<held]
            if firstRow == row {
                for entry in entries { try decideMissing(entry, keyHash: keyHash, in: mirror) }
            } else {
                try decide(rows, firstRow..<row, keyHash: keyHash, against: entries, in: mirror)
            }
        }
        return false
    }

    private mutating func decide(
        _ rows: SpilledRows, _ range: Range<Int>, keyHash: Int64, against entries: ArraySlice<MirrorRows.Row>,
        in mirror: MirrorRows
    ) throws {
        var start = range.lowerBound
        let firstKey = rows.bytes[rows.rows[start].key]
        if rows.bytes[rows.rows[range.upperBound - 1].key] != firstKey, areMerged(rows, range) {
            return try rejectColliding(rows, range)
        }
        while start < range.upperBound {
            let key = rows.bytes[rows.rows[start].key]
            var end = start + 1
            while end < range.upperBound, rows.bytes[rows.rows[end].key] == key { end += 1 }
            let group = KeyGroup(key: key, bytes: rows.bytes, rows: rows.rows[start..<end])
            // A key that the file spells otherwise than before is the same product to the shop.
            let entry =
                entries.first { mirror.bytes[$0.key] == key }
                ?? entries.first { RecordKey.folded(mirror.bytes[$0.key]) == RecordKey.folded(key) }
            try decide(group, keyHash: keyHash, entry, in: mirror)
            start = end
        }
    }

    private mutating func decide(
        _ group: KeyGroup, keyHash: Int64, _ entry: MirrorRows.Row?, in mirror: MirrorRows
    ) throws {
        summary.keys += 1
        let before = entry.map { mirror.bytes[$0.value] }
        let verdict = interpreter.decide(group, mirror: before, mode: mode)
        let marks = takeMarks(of: verdict, trust: trust(of: entry))
        if verdict.wasAvailable { summary.availableBefore += 1 }
        if verdict.isAvailable { summary.availableAfter += 1 }
        if case .unchanged = verdict.decision, group.rows.count == 1, verdict.scheduled.isEmpty {
            summary.unchanged += 1
            unchanged += 1
            if keepsTimes { try draft.confirm(RecordKey(entry.map { mirror.bytes[$0.key] } ?? group.key)) }
            return
        }
        let key = RecordKey(entry.map { mirror.bytes[$0.key] } ?? group.key)
        let (origins, scheduled) = try share(verdict, in: group)
        var latest = before.map { Array($0) }
        switch verdict.decision {
        case .unchanged:
            summary.unchanged += 1
            unchanged += origins.count
            if keepsTimes { try draft.confirm(key) }
        case .rejected(let reason):
            for origin in origins {
                try reject(origin, reason, key: RecordKey(group.key), original: try original(origin))
            }
        case .refreshed(let after):
            summary.unchanged += 1
            latest = after
            try draft.add(
                ChangeDraft(
                    key: key, keyHash: keyHash, before: before.map { Array($0) }, after: after, evidence: verdict.evidence,
                    origins: origins, reach: .memory
                )
            )
        case .change(let after):
            if verdict.wasAvailable, !verdict.isAvailable { summary.toUnavailable += 1 }
            let change = ChangeDraft(
                key: key, keyHash: keyHash, before: before.map { Array($0) }, after: after,
                evidence: verdict.evidence, origins: origins, reach: .shop,
                urgency: urgency(wasAvailable: verdict.wasAvailable, isAvailable: verdict.isAvailable, entry)
            )
            latest = after
            try plan(change, marks, trust(of: entry))
        }
        for (value, origins) in zip(verdict.scheduled, scheduled) {
            let change = ChangeDraft(
                key: key, keyHash: keyHash, before: latest, after: value.value, evidence: value.evidence, origins: origins,
                reach: .shop, due: value.due
            )
            latest = value.value
            try plan(change, [], trust(of: entry))
        }
    }

    /// The records of a group that share its decision, and those of each of its dated values: each record once, without
    /// those that were rejected or superseded on their own.
    private mutating func share(
        _ verdict: KeyVerdict, in group: KeyGroup
    ) throws -> (decision: [RecordOrigin], scheduled: [[RecordOrigin]]) {
        var sharing: [RecordOrigin] = []
        var scheduled = verdict.scheduled.map { _ in [RecordOrigin]() }
        // Sets, because a key may have a hundred thousand rows.
        let superseded = Set(verdict.superseded)
        let owned = verdict.scheduled.map { Set($0.rows) }
        for record in GroupRecords(group.rows) where !record.isIncomplete {
            guard !superseded.isEmpty, record.rows.allSatisfy(superseded.contains) else {
                if let later = owned.firstIndex(where: { record.rows.allSatisfy($0.contains) }) {
                    scheduled[later].append(record.origin)
                } else {
                    sharing.append(record.origin)
                }
                continue
            }
            summary.superseded += 1
            try draft.add(
                RecordVerdict(
                    outcome: .superseded, origin: record.origin, key: RecordKey(group.key),
                    reason: PlanRejections.repeated, original: nil
                )
            )
        }
        return (sharing, scheduled)
    }

    /// How soon a change has to be in the shop. What happened is done in the order in which it did.
    func urgency(wasAvailable: Bool, isAvailable: Bool, _ entry: MirrorRows.Row?) -> ChangeUrgency {
        guard entity.definition.feed == .snapshot else { return .usual }
        return ChangeUrgency(wasAvailable: wasAvailable, isAvailable: isAvailable, told: entry?.version, now: version)
    }

    /// Whether the shop would take two of the rows' keys for one. Equal key hashes alone are a hash, and may be chance.
    private func areMerged(_ rows: SpilledRows, _ range: Range<Int>) -> Bool {
        let keys = Set(rows.rows[range].map { RecordKey(rows.bytes[$0.key]) })
        return Set(keys.map { RecordKey.folded($0.bytes[...]) }).count < keys.count
    }

    private mutating func rejectColliding(_ rows: SpilledRows, _ range: Range<Int>) throws {
        let keys = Set(rows.rows[range].map { RecordKey(rows.bytes[$0.key]) }).sorted()
        summary.keys += keys.count
        let reason = PlanRejections.collision(keys)
        let inFileOrder = rows.rows[range].sorted { $0.origin.number < $1.origin.number }
        for record in GroupRecords(inFileOrder[...]) where !record.isIncomplete {
            let key = RecordKey(rows.bytes[inFileOrder[record.rows.lowerBound].key])
            try reject(record.origin, reason, key: key, original: try original(record.origin))
        }
    }

    private mutating func reject(_ group: KeyGroup, _ reason: RejectReason) throws {
        for record in GroupRecords(group.rows) where !record.isIncomplete {
            try reject(record.origin, reason, key: RecordKey(group.key), original: try original(record.origin))
        }
    }
}
