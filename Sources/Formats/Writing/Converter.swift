package import Domain

/// Any file that a profile can read as clean RFC 4180 in UTF-8: all columns, values unchanged, one header row.
package struct Converter: Sendable {
    private let profile: Profile
    private let leftOut: Set<Int>

    /// - Parameter leavingOut: the numbers of records that are not written, such as those that a check has rejected.
    package init(_ profile: Profile, leavingOut: Set<Int> = []) {
        self.profile = profile
        leftOut = leavingOut
    }

    /// Writes row by row. Records that cannot be taken apart are not written but handed to `reject`.
    /// Throws what the reader throws, and whatever `write` throws.
    package func convert(
        _ source: some ByteSource,
        context: ReadContext,
        write: ([UInt8]) throws -> Void,
        reject: (RecordOrigin, RejectReason) -> Void
    ) throws -> FileProof {
        let source = try profile.unpacked(source, file: context.fileName)
        if profile.format != .csv {
            return try withoutActuallyEscaping(write) { write in
                try withoutActuallyEscaping(reject) { try convertCollected(source, context: context, write: write, reject: $0) }
            }
        }
        let writer = CSVWriter()
        var rows = try RowReader(profile: profile, source: source, context: context)
        var proof = FileProof()
        var check: RowCheck?
        while try rows.next() {
            if check == nil { check = try start(&rows, context, writer, write) }
            proof.records += 1
            let survey = ByteSurvey(rows.window.current, count: rows.row.contentLength)
            if let reason = try check?.reason(&rows, survey) {
                let origin = RecordOrigin(
                    number: proof.records, line: rows.line, offset: rows.offset, length: rows.length)
                reject(origin, reason)
            } else if !leftOut.contains(proof.records) {
                try write(writer.row(rows.cells()))
            }
        }
        if check == nil { check = try start(&rows, context, writer, write) }
        if let found = check?.contradiction {
            throw FileOpening.contradicted(declared: profile.encoding, found: found, file: context.fileName)
        }
        proof.header = rows.captions
        proof.lines = rows.account
        proof.claimedRecords = rows.claimedRecords
        proof.endsWithLineEnd = rows.endsWithLineEnd
        return proof
    }

    /// Files whose records are gathered: a row per record, or per row below it, with the schema's columns.
    private func convertCollected(
        _ source: any ByteSource, context: ReadContext, write: @escaping ([UInt8]) throws -> Void,
        reject: @escaping (RecordOrigin, RejectReason) -> Void
    ) throws -> FileProof {
        let columns = profile.schema.columns.map(\.name)
        try write(CSVWriter().row(columns.map { Array($0.utf8) }))
        let rows = ConvertedRows(columnCount: columns.count, leavingOut: leftOut, write: write, reject: reject)
        var proof = FileProof()
        switch profile.structure {
        case .table: break
        case .document(let document):
            var reader = try XMLReader(profile: profile, document: document, source: source, context: context) { _ in rows }
            while !reader.isFinished { try reader.readOn() }
            proof.records = reader.events.recordCount
            proof.claimedRecords = reader.events.statements.claimedRecords
            proof.lines = reader.events.account
            proof.endsWithLineEnd = reader.events.isAnyRootClosed
        case .lines(let file): proof = try collect(TypedLines(profile: profile, file: file, source: source, context: context, sink: rows))
        case .objects(let file): proof = try collect(ObjectLines(profile: profile, file: file, source: source, context: context, sink: rows))
        }
        return proof
    }

    private func collect(_ collector: some LineCollector) throws -> FileProof {
        var lines = collector
        while !lines.isFinished { try lines.readOn(limit: .max / 2) }
        var proof = FileProof()
        proof.records = lines.recordCount
        proof.claimedRecords = lines.statements.claimedRecords
        proof.lines = lines.account
        proof.endsWithLineEnd = lines.rows.endsWithLineEnd
        return proof
    }

    /// Writes the header and answers the check for the rows below it.
    private func start(
        _ rows: inout RowReader, _ context: ReadContext, _ writer: CSVWriter, _ write: ([UInt8]) throws -> Void
    ) throws -> RowCheck {
        let captions = rows.captions.isEmpty ? profile.schema.columns.map(\.name) : rows.captions
        try write(writer.row(captions.map { Array($0.utf8) }))
        // Of declared columns the types count, whatever is read of them.
        let plan = try? RecordPlan(
            profile: profile, fields: [], captions: rows.captions, zone: ZoneRules(profile.zoneName ?? context.timeZone),
            place: rows.headerPlace)
        return try RowCheck(profile: profile, rows: &rows, plan: plan, headerTellsCount: false, everyCellCounts: true)
    }
}
