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
        if let records {
            return try TypedRecordReader(profile: self, file: records, source: source, fields: fields, context: context)
        }
        if let document {
            return try XMLRecordReader(profile: self, document: document, source: source, fields: fields, context: context)
        }
        return try RecordReader(profile: self, source: source, fields: fields, context: context)
    }

    /// `source`, unpacked where it is packed and this profile allows it. Throws what reading throws.
    func unpacked(_ source: some ByteSource, file: String) throws -> any ByteSource {
        guard let compression else { return source }
        return try GzipByteSource.unpackedIfGzip(source, maximumLength: compression.maximumLength, file: file)
    }
}
