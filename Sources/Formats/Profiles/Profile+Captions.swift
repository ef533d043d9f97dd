import Domain

extension Profile {
    /// The captions of a file as it has them, without reading further than its header. Empty where the layout has none.
    package func captions(of source: some ByteSource, context: ReadContext) throws -> [String] {
        guard format == .csv else { return [] }
        var rows = try RowReader(profile: self, source: unpacked(source, file: context.fileName), context: context)
        _ = try rows.next()
        return rows.captions
    }
}
