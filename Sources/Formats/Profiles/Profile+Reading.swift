package import Domain

extension Profile {
    /// Opens a file as typed records with one cell per entry of `fields`, in that order.
    ///
    /// Throws `FILE-EMPTY`, `FORMAT-NOT-TEXT`, `ENCODING-CONTRADICTED` and `ZONE-UNKNOWN` at once; what the header lacks
    /// (`HEADER-…`) and what is broken further down (`CSV-…`, `XML-…`) is thrown by `next`.
    package func makeReader(
        _ source: some ByteSource,
        fields: [EntityField],
        context: ReadContext
    ) throws -> any RecordSource {
        let source = try unpacked(source, file: context.fileName)
        return switch structure {
        case .table: try RecordReader(profile: self, source: source, fields: fields, context: context)
        case .document(let file): try XMLRecordReader(profile: self, document: file, source: source, fields: fields, context: context)
        case .lines(let file):
            try LineRecordReader(profile: self, captions: schema.columns.map(\.name), fields: fields, context: context) { sink in
                try TypedLines(profile: self, file: file, source: source, context: context, sink: sink)
            }
        case .objects(let file):
            try LineRecordReader(profile: self, captions: file.captions(of: schema.columns.map(\.name)), fields: fields, context: context) { sink in
                try ObjectLines(profile: self, file: file, source: source, context: context, sink: sink)
            }
        }
    }

    /// `source`, unpacked where it is packed and this profile allows it. Throws what reading throws.
    func unpacked(_ source: some ByteSource, file: String) throws -> any ByteSource {
        guard let compression else { return source }
        return try GzipByteSource.unpackedIfGzip(source, maximumLength: compression.maximumLength, file: file)
    }
}
