import Domain

/// A file of tagged lines, lines of fixed width or JSON Lines as typed records.
struct LineRecordReader<Lines: LineCollector>: RecordSource {
    private let profile: Profile
    private var lines: Lines
    private let assembler: RecordAssembler
    private(set) var proof = FileProof()

    /// `captions` are what the columns are called in messages. Throws `ZONE-UNKNOWN`, and what `open` throws.
    init(profile: Profile, captions: [String], fields: [EntityField], context: ReadContext, open: (any RecordSink) throws -> Lines) throws {
        self.profile = profile
        assembler = try RecordAssembler(
            profile: profile, fields: fields, captions: captions,
            zone: try ZoneRules(profile.zoneName ?? context.timeZone), file: context.fileName, restore: { Array($0) })
        lines = try open(assembler)
    }

    mutating func next(into batch: inout RecordBatch) throws -> Bool {
        batch.removeAll()
        swap(&batch, &assembler.batch)
        defer { swap(&batch, &assembler.batch) }
        if !lines.isFinished { try lines.readOn(limit: 1000) }
        if lines.isFinished {
            if let found = lines.contradiction {
                throw FileOpening.contradicted(declared: profile.encoding, found: found, file: lines.rows.file)
            }
            if Lines.namesColumns { try assembler.checkColumns() }
            lines.withStatements { assembler.noteEventTime($0) }
            fillProof()
        }
        return !assembler.batch.entries.isEmpty
    }

    private mutating func fillProof() {
        proof.records = lines.recordCount
        proof.claimedRecords = lines.statements.claimedRecords
        proof.sequence = lines.statements.sequence
        proof.saysFull = lines.statements.saysFull
        proof.eventTime = assembler.eventTime
        proof.lines = lines.account
        proof.endsWithLineEnd = lines.rows.endsWithLineEnd
    }
}
