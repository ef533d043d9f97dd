package import Domain

/// Any file that a profile can read as clean RFC 4180 in UTF-8: all columns, values unchanged, one header row.
package struct Converter: Sendable {
    private let profile: Profile

    package init(_ profile: Profile) { self.profile = profile }

    /// Writes row by row. Records that cannot be taken apart are not written but handed to `reject`.
    /// Throws what the reader throws, and whatever `write` throws.
    package func convert(
        _ source: some ByteSource,
        context: ReadContext,
        write: ([UInt8]) throws -> Void,
        reject: (RecordOrigin, RejectReason) -> Void
    ) throws -> FileProof {
        let writer = CSVWriter()
        var rows = try RowReader(profile: profile, source: source, context: context)
        var proof = FileProof()
        var check: RowCheck?
        while try rows.next() {
            if check == nil { check = try start(rows, writer, write) }
            proof.records += 1
            let survey = ByteSurvey(rows.window.current, count: rows.row.contentLength)
            if let reason = check?.reason(rows, survey) {
                let origin = RecordOrigin(
                    number: proof.records, line: rows.line, offset: rows.offset, length: rows.length)
                reject(origin, reason)
            } else {
                try write(writer.row(rows.cells()))
            }
        }
        if check == nil { check = try start(rows, writer, write) }
        if let found = check?.contradiction {
            throw FileOpening.contradicted(declared: profile.encoding, found: found, file: context.fileName)
        }
        proof.header = rows.captions
        proof.lines = rows.account
        proof.claimedRecords = rows.claimedRecords
        proof.endsWithLineEnd = rows.endsWithLineEnd
        return proof
    }

    /// Writes the header and answers the check for the rows below it.
    private func start(_ rows: RowReader, _ writer: CSVWriter, _ write: ([UInt8]) throws -> Void) throws -> RowCheck {
        let captions = rows.captions.isEmpty ? profile.schema.columns.map(\.name) : rows.captions
        try write(writer.row(captions.map { Array($0.utf8) }))
        return RowCheck(profile: profile, width: captions.count, ownWidth: captions.count, isRejectFile: false)
    }
}
