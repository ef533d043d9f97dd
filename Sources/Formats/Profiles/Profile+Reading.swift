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
        if let document {
            return try XMLRecordReader(profile: self, document: document, source: source, fields: fields, context: context)
        }
        return try RecordReader(profile: self, source: source, fields: fields, context: context)
    }
}
