package import Domain

extension Profile {
    /// The fields that the profile maps, with the kinds that the entities read them as.
    package var entityFields: [EntityField] {
        mappedFields.map { FieldVocabulary.entityField($0) }
    }

    /// Reads a whole file as the entities would, field by field, and hands each record that cannot be read to `reject`.
    ///
    /// Throws what reading throws.
    package func check(
        _ source: some ByteSource, context: ReadContext, reject: (RecordOrigin, RejectReason) -> Void
    ) throws -> FileProof {
        let fields = entityFields
        var reader = try makeReader(source, fields: fields, context: context)
        var batch = RecordBatch(fieldCount: fields.count)
        while try reader.next(into: &batch) {
            for entry in batch.entries where entry.rejection >= 0 { reject(entry.origin, batch.rejections[entry.rejection].reason) }
            batch.removeAll()
        }
        return reader.proof
    }

    /// Throws `PROFILE-FIELD-UNKNOWN` for a field that no entity has: what is mapped to it would go nowhere.
    static func checkTarget(_ field: String, at location: Diagnostic.Location) throws {
        guard FieldVocabulary.kind(of: field) == nil else { return }
        let nearest = NearestWord.of(field, among: FieldVocabulary.names).map { "did you mean '\($0)'?" }
        throw Diagnostic(
            "PROFILE-FIELD-UNKNOWN", "no entity has a field '\(Escaped(field))'", at: location,
            fix: nearest ?? "take it out, or write one of the fields in docs/profiles.md")
    }
}
