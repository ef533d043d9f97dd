import Domain

/// A file of tagged or fixed-width lines as typed records.
struct TypedRecordReader: RecordSource {
    private static let batchRecords = 1000

    private let profile: Profile
    private var lines: TypedLines
    private let assembler: RecordAssembler
    private(set) var proof = FileProof()

    /// Throws `FILE-EMPTY`, `FORMAT-NOT-TEXT`, `ENCODING-CONTRADICTED`, `ZONE-UNKNOWN`.
    init(profile: Profile, file: RecordsFile, source: any ByteSource, fields: [EntityField], context: ReadContext) throws {
        self.profile = profile
        assembler = try RecordAssembler(
            profile: profile, fields: fields, captions: profile.schema.columns.map(\.name),
            zone: try ZoneRules(profile.zoneName ?? context.timeZone), file: context.fileName, restore: { Array($0) })
        lines = try TypedLines(profile: profile, file: file, source: source, context: context, sink: assembler)
    }

    mutating func next(into batch: inout RecordBatch) throws -> Bool {
        batch.removeAll()
        swap(&batch, &assembler.batch)
        defer { swap(&batch, &assembler.batch) }
        if !lines.isFinished { try lines.readOn(limit: Self.batchRecords) }
        if lines.isFinished {
            if let found = lines.contradiction {
                throw FileOpening.contradicted(declared: profile.encoding, found: found, file: lines.rows.file)
            }
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
