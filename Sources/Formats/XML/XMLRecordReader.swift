import Domain

/// An XML file as typed records.
struct XMLRecordReader: RecordSource {
    private static let batchRecords = 1000

    private var reader: XMLReader
    private let assembler: RecordAssembler
    private(set) var proof = FileProof()

    /// Throws `FILE-EMPTY`, `FORMAT-NOT-XML`, `ENCODING-…`, `ZONE-UNKNOWN` and `PROFILE-…`.
    init(profile: Profile, document: DocumentFile, source: any ByteSource, fields: [EntityField], context: ReadContext) throws {
        let zone = try ZoneRules(profile.zoneName ?? context.timeZone)
        let captions = profile.schema.columns.map { column in
            document.columns.first { $0.name == column.name }?.paths.first?.text ?? column.name
        }
        var made: RecordAssembler?
        reader = try XMLReader(profile: profile, document: document, source: source, context: context) { encoding in
            let assembler = try RecordAssembler(
                profile: profile, fields: fields, captions: captions, zone: zone, file: context.fileName,
                restore: encoding.original)
            made = assembler
            return assembler
        }
        guard let made else { preconditionFailure("the taker is made once") }
        assembler = made
    }

    mutating func next(into batch: inout RecordBatch) throws -> Bool {
        batch.removeAll()
        swap(&batch, &assembler.batch)
        defer { swap(&batch, &assembler.batch) }
        while !reader.isFinished, assembler.batch.entries.count < Self.batchRecords || !reader.isBetweenDocuments {
            try reader.readOn()
        }
        if reader.isFinished {
            try assembler.checkColumns()
            fillProof()
        }
        return !assembler.batch.entries.isEmpty
    }

    private mutating func fillProof() {
        let events = reader.events
        proof.records = events.recordCount
        proof.claimedRecords = events.statements.claimedRecords
        proof.sequence = events.statements.sequence
        proof.saysFull = events.statements.saysFull
        proof.eventTime = assembler.eventTime
        proof.lines = events.account
        proof.header = [events.documentName]
        // A document's closing tag is what the last line end is to a table.
        proof.endsWithLineEnd = events.isAnyRootClosed
    }
}
